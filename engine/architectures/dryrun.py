"""The dry run: a recipe's network made and run without numbers, to find layers that do not fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from engine import mistakes
from engine.architectures.own.source import PATH
from engine.architectures.shapes import meta_network, meta_samples, skip_steps
from engine.architectures.weights.beginning import foreseen
from engine.architectures.weights.glance import check_file, unbegun
from engine.facts import Facts
from engine.problems import Problem, ProblemError

if TYPE_CHECKING:
    from engine.recipe import Recipe

_MISFITS = (RuntimeError, ValueError, TypeError, IndexError, AssertionError, ArithmeticError)
"""What torch and layers raise about shapes. Anything else is a bug, and no answer here."""
OF_SHAPES = (RuntimeError, ValueError, IndexError)
"""Those of them that own code, which may ask for anything, hardly raises for other reasons."""
_LONGEST = 200


def dry_run(recipe: Recipe, facts: Facts, with_own_code: bool = False) -> None:
    """Raises ProblemError when the network cannot be made for the data, when a layer cannot take
    what it gets (named with its type and that shape), or when the answer has the wrong shape.

    Takes milliseconds, draws no random number, and passes a network that needs real numbers to be
    run: of that nothing can be said. Own code, which is tried with numbers before a training, runs
    here only if that is asked for.
    """
    if recipe.architecture.own_code() and not with_own_code:
        return
    try:
        network = meta_network(recipe, facts)
    except _MISFITS as error:
        _refuse(recipe, "The network cannot be made", error)
        return
    skip_steps(network)
    watch = _Watch(network)
    try:
        with torch.no_grad():
            answer = network(meta_samples(facts))
    except _MISFITS as error:
        _refuse(recipe, watch.said(), error)
        return
    _check_answer(recipe, facts, answer)


def misfits(recipe: Recipe) -> tuple[Problem, ...]:
    """What a dry run finds, that the dataset's facts cannot be had, or what is wrong with the file
    of weights, which then is `Unbegun`."""
    try:
        facts = recipe.dataset.facts()
        dry_run(recipe, facts)
    except ProblemError as error:
        return error.problems
    try:
        check_file(recipe)
        foreseen(recipe, facts)
    except ProblemError as error:
        return tuple(unbegun(problem) for problem in error.problems)
    return ()


class _Watch:
    """Which layers of a network are at work, what they got, and which has answered last."""

    def __init__(self, network: nn.Module) -> None:
        self._inside: list[tuple[str, str]] = []
        self._answered = ""
        for name, part in network.named_modules():
            said = f"The layer {name} ({type(part).__name__})" if name else "The network"
            part.register_forward_pre_hook(self._entering(said))
            part.register_forward_hook(self._leaving(name, type(part).__name__))

    def _entering(self, said: str) -> Callable[..., None]:
        def enter(_part: nn.Module, inputs: tuple[Any, ...]) -> None:
            self._inside.append((said, _shapes(inputs)))

        return enter

    def _leaving(self, name: str, kind: str) -> Callable[..., None]:
        def leave(part: nn.Module, _inputs: tuple[Any, ...], output: Any) -> None:
            self._inside.pop()
            if next(part.children(), None) is None:
                self._answered = f", behind {name} ({kind}), which gave {_shapes((output,))}"

        return leave

    def said(self) -> str:
        """The layer in which the network has stopped, and what it got."""
        if not self._inside:
            return "The network cannot be run"
        layer, shapes = self._inside[-1]
        return f"{layer} cannot take {shapes}{self._answered}"


def _check_answer(recipe: Recipe, facts: Facts, answer: Any) -> None:
    outputs = recipe.loss.outputs(facts)
    wanted = (2, *facts.shape, outputs) if facts.task == "tokens" else (2, outputs)
    if isinstance(answer, Tensor) and tuple(answer.shape) == wanted:
        return
    given = _shapes((answer,)) if isinstance(answer, Tensor) else f"a {type(answer).__name__}"
    sentence = f"The network answers {given} where {_shape(wanted)} is wanted"
    hint = f"let its last layer give {outputs} {'number' if outputs == 1 else 'numbers'}"
    hint += " for each token" if facts.task == "tokens" else " for each sample"
    raise ProblemError(Problem(_path(recipe), sentence, hint))


def _refuse(recipe: Recipe, said: str, error: Exception) -> None:
    """Say that a layer does not fit, unless it failed for being on the meta device, which torch's
    messages then name."""
    if isinstance(error, NotImplementedError) or "meta" in str(error).lower():
        return
    if own := recipe.architecture.own_code():
        told = mistakes.problem(error, Path(own), PATH)
        raise ProblemError(replace(told, sentence=f"{told.sentence} ({said})")) from None
    (reason, *_) = str(error).strip().splitlines() or [type(error).__name__]
    hint = "change the layers before it, or the size of the samples"
    problem = Problem(_path(recipe), f"{said}: {reason[:_LONGEST]}", hint)
    raise ProblemError(problem) from None


def _path(recipe: Recipe) -> str:
    return ".".join(filter(None, ("architecture", recipe.architecture.shaped_by)))


def _shapes(values: tuple[Any, ...]) -> str:
    """The shapes of the tensors among some values: (N, 16, 4, 4) and (N, 16)."""
    tensors = [value for value in values if isinstance(value, Tensor)]
    return " and ".join(_shape(tuple(tensor.shape)) for tensor in tensors) or "nothing"


def _shape(sizes: tuple[int, ...]) -> str:
    """(2, 16) as "(N, 16)": samples are 2 in a dry run, and any number else."""
    shown = ["N" if place == 0 and size == 2 else str(size) for place, size in enumerate(sizes)]
    return f"({', '.join(shown)}{',' if len(shown) == 1 else ''})"
