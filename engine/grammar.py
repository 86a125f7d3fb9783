"""Hydra's grammar for the value of one override. Importing this module costs Hydra's import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hydra.core.override_parser.overrides_parser import create_functions
from hydra.core.override_parser.overrides_visitor import HydraErrorListener, HydraOverrideVisitor
from hydra.core.override_parser.types import Glob, Override, Sweep
from hydra.errors import HydraException
from hydra.grammar.gen.OverrideLexer import CommonTokenStream, InputStream, OverrideLexer
from hydra.grammar.gen.OverrideParser import OverrideParser

_FUNCTIONS = create_functions()


class RefusedError(Exception):
    """The grammar does not accept what was given."""


@dataclass(frozen=True)
class Value:
    """What stands after the `=`: plain data, and the same data with every primitive as typed.

    `texts` keeps `1e3`, `true` and `null` as those letters, for options that want text.
    `sweep` means several values at once; then `plain` and `texts` are None.
    """

    plain: Any
    texts: Any
    sweep: bool = False


class _AsTyped(HydraOverrideVisitor):  # type: ignore[misc]  # Hydra is untyped
    """Reads numbers, booleans and null as the letters they were written with."""

    def visitPrimitive(self, ctx: Any) -> Any:
        value = super().visitPrimitive(ctx)
        return ctx.getText().strip() if value is None or _is_number(value) else value


def check_key(key: str) -> None:
    """Raise RefusedError unless `key` can stand before the `=`."""
    override = _parse(f"{key}=1", HydraOverrideVisitor)
    if override.package is not None:
        raise RefusedError("packages (@) are not used here")


def read(raw: str) -> Value:
    """The value written as `raw`. Raises RefusedError where the grammar does not accept it."""
    override = _parse(f"key={raw}", HydraOverrideVisitor)
    if _sweeps(override.value()):
        return Value(None, None, sweep=True)
    return Value(override.value(), _parse(f"key={raw}", _AsTyped).value())


def _sweeps(value: Any) -> bool:
    """Whether several values stand here, or anywhere in a list or mapping."""
    if isinstance(value, dict):
        return any(_sweeps(item) for item in value.values())
    if isinstance(value, list):
        return any(_sweeps(item) for item in value)
    return isinstance(value, (Sweep, Glob))


def _parse(text: str, visitor: type[HydraOverrideVisitor]) -> Override:
    """As Hydra's own OverridesParser does it, with a visitor of our choice."""
    listener = HydraErrorListener()
    lexer = OverrideLexer(InputStream(text))
    parser = OverrideParser(CommonTokenStream(lexer))
    for part in (lexer, parser):
        part.removeErrorListeners()
        part.addErrorListener(listener)
    try:
        override = visitor(_FUNCTIONS).visit(parser.override())
    except (HydraException, ValueError, RecursionError, AssertionError) as error:
        # ValueError: an integer of thousands of digits; AssertionError: Hydra's way to say no.
        raise RefusedError(str(error)) from None
    return override


def _is_number(value: Any) -> bool:
    return isinstance(value, (bool, int, float))
