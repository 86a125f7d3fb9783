"""A trained network from its run folder, and its metrics on a split."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from torch import nn

from engine import torchsetup
from engine.datasets.base import Progress, Splits, silent
from engine.problems import Problem, ProblemError, suggest
from engine.recipe import Recipe
from engine.runs import owncode
from engine.runs.folder import RunFolder
from engine.training.adapt import fitted
from engine.training.beside import check_none
from engine.training.course import Course
from engine.training.loading import load_checkpoint
from engine.training.metrics import Evaluator
from engine.training.ownmodule import training_module
from engine.training.speed import put_in_order


@dataclass(frozen=True)
class Trained:
    """A run's network with the weights of a checkpoint (averaged ones if it averages)."""

    recipe: Recipe
    network: nn.Module
    splits: Splits
    evaluator: Evaluator


def load_trained(
    run: RunFolder, data_dir: Path, checkpoint: Path | None = None, progress: Progress = silent
) -> Trained:
    """Rebuild a run's network on the CPU from its last checkpoint, or from the given one.

    Raises ProblemError when recipe, data or checkpoint cannot be had or do not fit together.
    """
    recipe = run.recipe()
    check_none(recipe)
    owncode.check_same(run.environment(), owncode.of_recipe(recipe))
    resolved = run.environment().get("resolved", {})
    torchsetup.use_threads(int(resolved.get("threads") or 1))  # the last bits depend on it
    content = load_checkpoint(checkpoint or run.last_checkpoint)
    splits = recipe.architecture.prepared(recipe.dataset.build(data_dir, progress))
    module = training_module(Course(recipe, 1), splits)
    put_in_order(module.inference_network, resolved.get("memory_format", ""))  # so do they on this
    module.load_state_dict(fitted(content, module)["state_dict"])
    evaluator = Evaluator(
        splits.facts, module.criterion, module.preprocess, recipe.training.batch_size
    )
    return Trained(recipe, module.inference_network.eval(), splits, evaluator)


def evaluate(
    run: RunFolder, split: str, data_dir: Path, checkpoint: Path | None = None
) -> dict[str, float]:
    """Metrics of a run on a split (`train`, `val` or `test`), by full name: `test_accuracy`."""
    if split not in ("train", "val", "test"):
        hint = suggest(split, ("train", "val", "test"))
        raise ProblemError(Problem("split", f"There is no split {split!r}", hint))
    trained = load_trained(run, data_dir, checkpoint)
    values = trained.evaluator.evaluate(trained.network, trained.splits.named()[split])
    return {f"{split}_{name}": value for name, value in values.items()}
