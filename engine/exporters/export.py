"""Writing a model in a format, and not believing the file until it has been run and compared."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.exporters.base import Exporter, find_exporter
from engine.problems import Problem, ProblemError
from engine.runs.atomic import TEMPORARY_PREFIX, sync_folder

if TYPE_CHECKING:
    from torch import Tensor, nn

    from engine.datasets.base import Splits
    from engine.recipe import Recipe
    from engine.runs.folder import RunFolder

COMPARED_SAMPLES = 256
COMPARED_NUMBERS = 2**24
"""Outputs that are compared at most: a language model has a vocabulary of them at every place."""


@dataclass(frozen=True)
class ExportReport:
    """A file that was written and found to compute what the model does.

    `largest_difference` is the largest absolute difference between outputs of the file in its
    own runtime and of the model, over `samples` validation samples.
    """

    path: Path
    format: str
    bytes: int
    samples: int
    largest_difference: float

    def as_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {**asdict(self), "path": str(self.path)}


def export_model(
    network: nn.Module, splits: Splits, recipe: Recipe, format: str, out: Path
) -> ExportReport:
    """Write `network` with its preprocessing to `out`, load it again, compare, report.

    `network` maps preprocessed inputs to logits or scaled values. It may be in training: a copy
    is exported, and every global random state is put back, so call it on the training's own
    thread. Raises ProblemError when the format or a package is unknown, `out` cannot be written,
    or the file computes something else; then `out` is as it was before.
    """
    exporter = find_exporter(format)
    exporter.check_packages()

    from engine.exporters.undisturbed import random_states_kept

    with random_states_kept():
        return _export(exporter, network, splits, recipe, out)


def _export(
    exporter: Exporter, network: nn.Module, splits: Splits, recipe: Recipe, out: Path
) -> ExportReport:
    from engine.exporters.compare import largest_difference, open_again
    from engine.exporters.contents import Contents
    from engine.exporters.deployed import deployed_copy
    from engine.exporters.undisturbed import plain_numbers

    raw = _samples(splits)
    with plain_numbers(), _problems_of_writing(out), _staged(out) as temporary:
        model = deployed_copy(network, splits.preprocess)
        contents = Contents.of(recipe, splits.facts, model.preprocess)
        exporter.write(model, contents, model.as_taken(raw[:2]), temporary)
        difference = largest_difference(model, open_again(exporter, temporary), raw)
    return ExportReport(out.absolute(), exporter.name, out.stat().st_size, len(raw), difference)


def export_run(
    run: RunFolder,
    format: str,
    out: Path | None,
    data_dir: Path,
    checkpoint: Path | None = None,
) -> ExportReport:
    """Write the model of a run (the last checkpoint unless one is given).

    `out` is RUN/exports/RUN.SUFFIX unless given. Raises ProblemError like `export_model`, and
    when the run or its data cannot be read.
    """
    exporter = find_exporter(format)
    exporter.check_packages()  # before the data is loaded

    from engine.training.evaluate import load_trained

    trained = load_trained(run, data_dir, checkpoint)
    out = out or run.exports / f"{run.name}.{exporter.suffix}"
    return _export(exporter, trained.network, trained.splits, trained.recipe, out)


def _samples(splits: Splits) -> Tensor:
    """Raw validation samples (N, *shape), at least two of them so that the batch is a batch."""
    part = splits.val if len(splits.val) else splits.train
    facts = splits.facts
    places = facts.shape[0] if facts.task == "tokens" else 1
    allowed = max(2, COMPARED_NUMBERS // (places * max(1, len(facts.targets))))
    raw = part.inputs[: min(COMPARED_SAMPLES, allowed)].cpu()
    return raw.repeat(2, *[1] * (raw.dim() - 1)) if len(raw) == 1 else raw


@contextmanager
def _staged(out: Path) -> Iterator[Path]:
    """A path beside `out` that becomes `out` when the block succeeds, and vanishes otherwise."""
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = out.parent / f"{TEMPORARY_PREFIX}{uuid.uuid4().hex[:8]}-{out.name}"
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, out)
    finally:
        with suppress(OSError):
            temporary.unlink()
    sync_folder(out.parent)


@contextmanager
def _problems_of_writing(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        sentence = f"The model cannot be written to {out}: {error.strerror or error}"
        hint = "choose a path in a folder that can be written, with space left"
        raise ProblemError(Problem("out", sentence, hint)) from error
