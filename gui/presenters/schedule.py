"""The learning rate over a whole training, as the form previews it: the schedule's own numbers."""

from __future__ import annotations

from dataclasses import dataclass

from engine.optimizers.schedules import Schedule
from engine.problems import ProblemError
from engine.schema import COMPONENTS
from engine.training.options import Training
from engine.training.plan import Plan
from gui.presenters.recipe import RecipePresenter

POINTS = 96


@dataclass(frozen=True)
class ScheduleCurve:
    """`rates` at evenly spaced steps of a training of about `steps` optimizer steps."""

    rates: tuple[float, ...]
    steps: int


def schedule_curve(presenter: RecipePresenter) -> ScheduleCurve | None:
    """The preview of the recipe under edit; None while its schedule or length is not valid.

    The number of training samples is what the dataset's facts and fractions say, so the length
    may be off by a step or two; the shape is exact.
    """
    samples = _training_samples(presenter)
    try:
        name = presenter.get("optimizer.schedule.name")
        schedule = COMPONENTS.get("schedule", name).model_validate(
            presenter.get("optimizer.schedule")
        )
        training = Training.model_validate(presenter.get("training"))
        rate = float(presenter.get("optimizer.lr"))
    except (KeyError, TypeError, ValueError, ProblemError):
        return None
    if samples is None or not isinstance(schedule, Schedule):
        return None
    plan = Plan.of(training, max(1, -(-samples // training.batch_size)))
    total = plan.total_steps
    steps = [round(i * max(0, total - 1) / (POINTS - 1)) for i in range(POINTS)]
    factors = [schedule.factor(step, total, plan.steps_per_epoch) for step in steps]
    return ScheduleCurve(tuple(rate * factor for factor in factors), total)


def _training_samples(presenter: RecipePresenter) -> int | None:
    facts = presenter.facts()
    if facts is None:
        return None
    samples = min(presenter.get("dataset.subset") or facts.samples, facts.samples)
    official = facts.official_test / facts.samples  # a subset keeps its share
    test = official or presenter.get("dataset.test_fraction") or 0.0
    validation = presenter.get("dataset.val_fraction") or 0.0
    return round(samples * (1 - test) * (1 - validation))
