"""What a fork takes over from its parent, and what it cannot. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine import overrides as override_grammar
from engine.live import changed, flat
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.runs.checkpointfile import Stamp, read_stamp
from engine.runs.folder import RunFolder
from engine.runs.interventions import read_interventions
from engine.wording import counted

_FIXED = ("architecture", "dataset")
"""Sections that decide what weights there are and what they have seen."""

_POSITION = ("training.batch_size", "training.accumulate", "training.seed")
"""Options that decide which samples make up which batch: a position in an epoch depends on them."""

_REMEMBERED = ("name", "amsgrad", "centered", "history_size", "implementation", "base")
"""Options that decide what an optimizer remembers from step to step."""


def recipe_at(run: RunFolder, batch: int | None = None) -> Recipe:
    """A run's recipe with the interventions made until after training batch `batch`, or all."""
    recipe = run.recipe()
    for intervention in read_interventions(run.path):
        if batch is None or intervention.batch <= batch:
            recipe = changed(recipe, intervention.values)
    return recipe


def fork_recipe(parent: RunFolder, checkpoint: Path, overrides: Sequence[str]) -> Recipe:
    """The parent's recipe as it was at that checkpoint, with changes. ProblemError lists what is
    wrong with them, and what cannot carry over."""
    stamp = read_stamp(checkpoint)
    before = recipe_at(parent, stamp.batch if stamp is not None else None)
    wanted = override_grammar.resolve(before.as_data(), overrides, whole=True)
    problems = cannot_carry_over(before, wanted, stamp)
    if problems:
        raise ProblemError(problems)
    return wanted


def cannot_carry_over(parent: Recipe, wanted: Recipe, moment: Stamp | None = None) -> list[Problem]:
    """Changes with which the parent's state cannot be gone on from, and an end that its `moment`
    is beyond; empty when the fork can begin."""
    before, after = flat(parent.as_data()), flat(wanted.as_data())
    different = [path for path in {**before, **after} if before.get(path) != after.get(path)]
    problems = []
    for path in different:
        section = path.partition(".")[0]
        if section in _FIXED or (section == "loss" and path == "loss.name" and _outputs(wanted)):
            sentence = "This cannot change in a fork: the trained weights would not fit it"
            problems.append(Problem(path, sentence, "start a new run instead"))
        elif path in _POSITION:
            sentence = "This cannot change in a fork: its place in the epoch would be lost"
            problems.append(Problem(path, sentence, "start a new run instead"))
        elif path == "regularization.ema" and (before[path] is None) != (after[path] is None):
            sentence = "Averaging cannot be switched on or off in a fork"
            problems.append(Problem(path, sentence, "change the decay, or start a new run"))
    return problems + (_nothing_left(wanted, moment) if moment is not None else [])


def _nothing_left(wanted: Recipe, moment: Stamp) -> list[Problem]:
    steps, epochs = wanted.training.steps, wanted.training.epochs
    if steps is not None and moment.step >= steps:
        sentence = f"{counted(moment.step, 'step')} done at this checkpoint already"
        return [Problem("training.steps", sentence, "ask for more, or fork an earlier one")]
    if steps is None and moment.epoch >= epochs:
        sentence = f"{counted(moment.epoch, 'epoch')} done at this checkpoint already"
        return [Problem("training.epochs", sentence, "ask for more, or fork an earlier one")]
    return []


def notes(parent: Recipe, wanted: Recipe) -> list[str]:
    """What should be said before a fork starts: what begins anew although it is allowed."""
    said = []
    if not optimizer_goes_on(parent, wanted):
        said.append("The optimizer's state (momentum and the like) starts anew.")
    if parent.optimizer.schedule != wanted.optimizer.schedule:
        said.append("The learning rate follows the new schedule from this step on.")
    total = (parent.training.epochs, parent.training.steps)
    if total != (wanted.training.epochs, wanted.training.steps):
        said.append("The schedule is stretched to the new end.")
    return said


def optimizer_goes_on(parent: Recipe, wanted: Recipe) -> bool:
    """Whether a fork's optimizer takes over what its parent's remembers."""
    before, after = parent.optimizer, wanted.optimizer
    alike = all(getattr(before, name, None) == getattr(after, name, None) for name in _REMEMBERED)
    same_groups = parent.regularization.exempt == wanted.regularization.exempt
    other_layers = parent.training.freeze != wanted.training.freeze
    return alike and same_groups and not (after.name == "lbfgs" and other_layers)


def _outputs(wanted: Recipe) -> bool:
    """Whether the number of outputs depends on the loss: only for two classes."""
    return wanted.dataset.facts().binary
