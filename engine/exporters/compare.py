"""Whether an exported file computes what the model does, on real samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from engine.exporters.deployed import Deployed
from engine.problems import Problem, ProblemError

if TYPE_CHECKING:
    from pathlib import Path

    from engine.exporters.base import Exporter, Runner

TOLERANCE = 1e-4
"""Allowed difference, as a part of the outputs' scale."""


def open_again(exporter: Exporter, path: Path) -> Runner:
    """The file in its own runtime; one that does not open there is a mismatch."""
    try:
        return exporter.open(path)
    except Exception as error:
        reason = str(error).strip().split("\n", 1)[0]
        raise _mismatch(f"it does not open: {reason}") from error


def largest_difference(model: Deployed, runner: Runner, raw: Tensor) -> float:
    """The largest absolute difference over `raw` (N, *shape), as one batch and in smaller ones.

    Raises ProblemError when it is beyond rounding, when shapes differ, or when an output is not
    a number.
    """
    taken = model.as_taken(raw)
    expected = model(taken)
    if not bool(expected.isfinite().all()):
        sentence = "The model's own outputs are not finite (nan or inf)"
        hint = "export a checkpoint from before the training went wrong"
        raise ProblemError(Problem("export", sentence, hint))
    limit = TOLERANCE * (_unit(model, expected) + expected.abs().amax(0))
    largest = 0.0
    for batch in _batches(len(raw)):
        found = _run(runner, taken[batch])
        difference = _difference(found, expected[batch], limit)
        largest = max(largest, difference)
    return largest


def _batches(count: int) -> list[slice]:
    """All samples at once, then batches of one and of several: no size may be built in."""
    return [slice(0, count), slice(0, 1), slice(0, min(3, count))]


def _unit(model: Deployed, expected: Tensor) -> Tensor:
    """What counts as one: the spread of a regression's targets; logits count for themselves."""
    spread = model.preprocess.target_std
    return torch.ones_like(expected[0]) if spread is None else spread


def _run(runner: Runner, raw: Tensor) -> Tensor:
    """The file's outputs; a runtime that fails to run the file is a mismatch like any other."""
    try:
        return runner(raw)
    except Exception as error:
        reason = str(error).strip().split("\n", 1)[0]
        raise _mismatch(f"it fails on a batch of {len(raw)}: {reason}") from error


def _difference(found: Tensor, expected: Tensor, limit: Tensor) -> float:
    if found.shape != expected.shape:
        raise _mismatch(f"outputs have shape {tuple(found.shape)}, not {tuple(expected.shape)}")
    difference = (found - expected).abs()
    largest = float(difference.max())
    # Written so that nan, which is neither larger nor smaller than anything, is a mismatch.
    if not bool((difference <= limit).all()):
        raise _mismatch(f"outputs differ by up to {largest:.3g}")
    return largest


def _mismatch(detail: str) -> ProblemError:
    sentence = f"The exported file does not compute what the model does: {detail}"
    hint = "no file was kept; choose another format"
    return ProblemError(Problem("export", sentence, hint))
