"""The architecture component: a class or function in a person's own file of Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import JsonValue

from engine import consent
from engine.architectures.base import Architecture
from engine.architectures.own.signature import Signature, read_signature
from engine.architectures.own.source import PATH
from engine.consent import Code
from engine.datasets.userpath import DataPath
from engine.facts import Facts, Task
from engine.facts import Kind as InputKind
from engine.problems import Problem, ProblemError
from engine.schema import FOUND, SectionClass, option, register

if TYPE_CHECKING:
    from torch import nn

_MIXED = ("mixup", "cutmix")


@register
class Custom(Architecture):
    """Your own code: an nn.Module or a LightningModule, run once you have allowed its file."""

    title: ClassVar[str] = "Own code"
    inputs: ClassVar[tuple[InputKind, ...]] = ("image", "table", "text", "series")
    tasks: ClassVar[tuple[Task, ...]] = ("classes", "multilabel", "regression", "tokens")
    reads_codes: ClassVar[bool] = True
    suggested: ClassVar[bool] = False
    name: Literal["custom"] = "custom"
    path: DataPath = option("", "A .py file with a network.")
    object: str = option(
        "", "The class, or the function that returns a network; the only one unless given.",
        empty=FOUND,
    )  # fmt: skip
    options: dict[str, JsonValue] = option(
        {}, "What it is called with, as read from its annotations and defaults."
    )
    trained_by: Literal["own", "recipe"] = option(
        "own",
        "The optimizer of a LightningModule that configures one: its own or the recipe's.",
        advanced=True,
    )

    def own_code(self) -> str:
        """The file, which runs only if a person has allowed its content."""
        return self.path

    @classmethod
    def options_read(cls, name: str, values: Mapping[str, Any]) -> SectionClass | None:
        """The parameters of class or function, unless the file's text cannot be read."""
        path, chosen = values.get("path"), values.get("object") or ""
        if name != "options" or not path or not isinstance(path, str):
            return None
        try:
            return read_signature(consent.read(Path(path), PATH), str(chosen)).options
        except ProblemError:
            return None

    def signature(self) -> Signature:
        """What is called. The file is read and does not run. Raises ProblemError."""
        return read_signature(self._read(), self.object)

    def check(self, recipe: Any) -> Iterator[Problem]:
        """What the file's text tells, and whether it may run."""
        yield from super().check(recipe)
        try:
            code = self._read()
            signature = read_signature(code, self.object)
        except ProblemError as error:
            yield from error.problems
            return
        try:
            signature.values(self.options)
        except ProblemError as error:
            yield from error.problems
        if signature.lightning and "training_step" in signature.trains:
            yield from _unfitting(signature, recipe)
        if not consent.is_allowed(code.sha256):
            yield consent.not_allowed(code, PATH)

    def build(self, facts: Facts, outputs: int, dropout: float) -> nn.Module:
        """Run the file, and call what it defines. Raises ProblemError: `consent.NotAllowed`, or
        what is wrong with the file."""
        from engine.architectures.own.running import made

        self._read()
        code = consent.required(Path(self.path), PATH)
        signature = read_signature(code, self.object)
        known = {
            "inputs": facts.inputs if signature.flat_inputs else facts.shape,
            "outputs": outputs,
            "dropout": dropout,
            "facts": facts,
        }
        given = {name: known[name] for name in signature.given}
        return made(code, signature, given | signature.values(self.options))

    def frozen(self, network: nn.Module, epoch: int) -> tuple[str, ...]:
        """The weights that the file itself lets not learn."""
        names: tuple[str, ...] = getattr(network, "frozen_by_code", ())
        return names

    def _read(self) -> Code:
        if not self.path:
            raise ProblemError(Problem(PATH, "No file is chosen", "choose a .py file"))
        return consent.read(Path(self.path), PATH)


def _unfitting(signature: Signature, recipe: Any) -> Iterator[Problem]:
    """What the program cannot do where a module makes its own loss."""
    for name in _MIXED:
        if getattr(recipe.regularization, name, None):
            sentence = f"{signature.object} makes its own loss, which cannot take mixed targets"
            yield Problem(f"regularization.{name}", sentence, f"switch {name} off")
