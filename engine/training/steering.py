"""Interventions: asked for at any time, made between two optimizer steps, logged, replayed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.live import changed, value_at
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.runs.folder import RunFolder
from engine.runs.interventions import Change, Intervention, append_intervention
from engine.training.channel import Channel
from engine.training.clock import Clock
from engine.training.course import Course
from engine.training.events import Intervened, Notice
from engine.training.lightning import pl
from engine.training.module import TrainingModule
from engine.training.settle import check_freeze, settle
from engine.training.validation import Validation

_LENGTH = ("training.epochs", "training.steps")


class Steering(pl.Callback):
    """Comes after the checkpoints and before the control: what is saved with a batch does not
    know of the interventions made after it, and a resumed run makes them again from its log.

    `logged` are the interventions that the run's log holds at the start; `made` of them were in
    effect already at the moment that the training begins with.
    """

    def __init__(
        self, course: Course, folder: RunFolder, channel: Channel, clock: Clock,
        validation: Validation, logged: Sequence[Intervention] = (), made: int = 0,
    ) -> None:  # fmt: skip
        self._course = course
        self._folder = folder
        self._channel = channel
        self._clock = clock
        self._validation = validation
        self._scheduled = list(logged[made:])
        self.history = list(logged)
        self.made = made
        self._asked: list[tuple[str, Any]] = []
        self._trainer: pl.Trainer | None = None
        self._module: TrainingModule | None = None
        self._between_steps = False

    # --- Asking --------------------------------------------------------------------------------

    def ask(self, changes: Mapping[str, Any]) -> str:
        """Change live options now, or as soon as the step in progress is over; what to say of it.

        Raises ProblemError when a change is not possible, OSError when it cannot be logged.
        """
        self._check(changes)
        self._asked.extend(changes.items())
        if not self._between_steps:
            return "Takes effect when this step is over"
        made = self._make_asked()
        return made.label if made is not None else "Nothing changes: these are the values now"

    def _check(self, changes: Mapping[str, Any]) -> Recipe:
        recipe = changed(self._course.recipe, {**dict(self._asked), **changes})
        if self._module is not None:
            check_freeze(self._module.network, recipe.training.freeze)
        if any(path in changes for path in _LENGTH):
            self._check_length(recipe)
        return recipe

    def _check_length(self, recipe: Recipe) -> None:
        progress, training = self._channel.progress, recipe.training
        batches = self._course.plan.batches
        if training.steps is not None and training.steps <= progress.step:
            sentence = f"{progress.step} steps are done already"
            raise ProblemError(Problem("training.steps", sentence, "ask for more, or press Stop"))
        if training.steps is None and training.epochs * batches <= progress.done:
            sentence = f"{progress.done // batches} epochs are done already"
            raise ProblemError(Problem("training.epochs", sentence, "ask for more, or press Stop"))

    # --- Making --------------------------------------------------------------------------------

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """What was in effect already is so again, and what the log has for this moment."""
        assert isinstance(pl_module, TrainingModule)
        self._trainer, self._module = trainer, pl_module
        check_freeze(pl_module.network, self._course.recipe.training.freeze)
        settle(trainer, pl_module, self._course)
        self._step_is_over()

    def on_train_batch_start(self, *_args: object) -> None:
        """From here on an intervention waits."""
        self._between_steps = False

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, _outputs: object, _batch: object,
        batch_idx: int,
    ) -> None:  # fmt: skip
        """Inside an accumulation window no step is over."""
        whole = (batch_idx + 1) % self._course.recipe.training.accumulate == 0
        if whole or batch_idx + 1 == self._course.plan.batches:
            self._step_is_over()

    def _step_is_over(self) -> None:
        self._between_steps = True
        while self._scheduled and self._scheduled[0].batch <= self._channel.progress.done:
            self._make(self._scheduled.pop(0))
        try:
            self._make_asked()
        except OSError as error:
            sentence = f"The change could not be logged: {error.strerror or error}"
            hint = "nothing was changed; free space or mend the folder, then ask again"
            self._channel.tell(Notice(Problem("interventions", sentence, hint)))

    def _make_asked(self) -> Intervention | None:
        """Log what was asked for, then let it take effect."""
        asked, self._asked = dict(self._asked), []
        before, progress = self._course.recipe, self._channel.progress
        after = changed(before, asked)
        changes = tuple(
            Change(path, value_at(before, path), value_at(after, path))
            for path in asked
            if value_at(before, path) != value_at(after, path)
        )
        if not changes:
            return None
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        intervention = Intervention(
            progress.step, progress.done, progress.done / self._course.plan.batches,
            round(self._clock.seconds, 3), now, changes,
        )  # fmt: skip
        append_intervention(self._folder.path, intervention)
        self.history.append(intervention)
        self._make(intervention)
        return intervention

    def _make(self, intervention: Intervention) -> None:
        assert self._trainer is not None
        assert self._module is not None
        self._course.take(changed(self._course.recipe, intervention.values))
        settle(self._trainer, self._module, self._course)
        plan, progress = self._course.plan, self._channel.progress
        progress.epochs, progress.total_steps = plan.epochs, plan.total_steps
        self._validation.steered(
            self._trainer, longer=any(c.path in _LENGTH for c in intervention.changes)
        )
        self.made += 1
        self._channel.tell(Intervened(intervention))

    # --- In the checkpoint -----------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """How many of the log's interventions are in effect."""
        return {"made": self.made}
