"""Runs a person's own file, and makes the network that it defines."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

from engine import mistakes
from engine.architectures.own.signature import Signature
from engine.architectures.own.source import LIGHTNING, OBJECT, PATH, text_of
from engine.consent import Code
from engine.problems import Problem, ProblemError


def made(code: Code, signature: Signature, arguments: Mapping[str, Any]) -> nn.Module:
    """Run an allowed file and call what it defines. Raises ProblemError.

    The file runs anew for each network: what it keeps in variables of its own begins the same
    every time, and so does a training.
    """
    given = {n: Share(v) if n == "dropout" else v for n, v in arguments.items()}
    with spoken(code.path):
        module = _run(code)
        network = getattr(module, signature.object)(**given)
    if not isinstance(network, nn.Module):
        sentence = f"{signature.object} gives a {type(network).__name__}, which is no nn.Module"
        raise ProblemError(Problem(OBJECT, sentence, "return the network"))
    if signature.lightning:
        _check_lightning(signature, network)
    _mark(network)
    return network


class Share(float):
    """The dropout of the recipe: a layer made with it, and not with a number of the file's own,
    follows the recipe when that is changed while training."""


def _mark(network: nn.Module) -> None:
    """Note what the file has decided and the program must leave alone."""
    for part in network.modules():
        if isinstance(part, nn.Dropout):
            part.fixed = not isinstance(part.p, Share)  # type: ignore[assignment]
            part.p = float(part.p)
    network.frozen_by_code = tuple(  # type: ignore[assignment]
        name for name, parameter in network.named_parameters() if not parameter.requires_grad
    )


@contextmanager
def spoken(path: Path, where: str = PATH) -> Iterator[None]:
    """Errors of the file within the block are problems that name its line; a lack of memory is
    none of the file's mistakes, nor is it that numbers are wanted on the meta device."""
    try:
        yield
    except (ProblemError, MemoryError, torch.OutOfMemoryError):
        raise
    except (Exception, SystemExit) as error:
        if _needs_numbers(error):
            raise
        raise ProblemError(mistakes.problem(error, path, where)) from error


def _needs_numbers(error: BaseException) -> bool:
    on_meta = torch.get_default_device().type == "meta"
    return on_meta and (isinstance(error, NotImplementedError) or "meta" in str(error).lower())


def _run(code: Code) -> ModuleType:
    name, path = f"own_code_{code.sha256[:12]}", str(code.path)
    text = text_of(code)
    module = ModuleType(name)
    module.__file__ = path
    # standard output belongs to the program, which may write JSON there
    vars(module)["print"] = partial(print, file=sys.stderr)
    sys.modules[name] = module  # dataclasses look for the module of a class there
    linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
    exec(compile(text, path, "exec", dont_inherit=True), vars(module))
    return module


def _check_lightning(signature: Signature, network: nn.Module) -> None:
    from engine import torchsetup  # noqa: F401  before lightning
    import lightning.pytorch as pl  # isort: skip

    if not isinstance(network, pl.LightningModule):
        sentence = f"{signature.object} is not a {LIGHTNING} of the package lightning"
        hint = "import it with: import lightning.pytorch as pl"
        raise ProblemError(Problem(OBJECT, sentence, hint))
