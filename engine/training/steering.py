"""Interventions: asked for at any time, made between two optimizer steps, logged, replayed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from typing import Any

from torch import nn

from engine.live import changed, value_at
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.runs.folder import RunFolder
from engine.runs.interventions import Change, Intervention, add_intervention
from engine.training.channel import Channel
from engine.training.clock import Clock
from engine.training.course import Course
from engine.training.events import Intervened
from engine.training.lightning import pl
from engine.training.module import TrainingModule
from engine.training.settle import check_learns, forget_directions, settle
from engine.training.validation import Validation
from engine.wording import counted

_LENGTH = ("training.epochs", "training.steps")
_OF_OPTIMIZER = ("optimizer.", "regularization.weight_decay")


class Steering(pl.Callback):
    """Comes after the checkpoints and before the control: what is saved with a batch does not
    know of the interventions made after it, and a resumed run makes them again from its log.

    `logged` are the interventions that the run's log holds at the start; `made` of them were in
    effect already at the moment that the training begins with. `at_end` saves the state when an
    intervention (a shorter patience) ends the training.
    """

    def __init__(
        self, course: Course, network: nn.Module, folder: RunFolder, channel: Channel,
        clock: Clock, validation: Validation, logged: Sequence[Intervention] = (), made: int = 0,
    ) -> None:  # fmt: skip
        self._course = course
        self._network = network
        self._folder = folder
        self._channel = channel
        self._clock = clock
        self._validation = validation
        self._scheduled = list(logged[made:])
        self.history = list(logged)
        self.made = made
        self._trainer: pl.Trainer | None = None
        self._module: TrainingModule | None = None
        self._between_steps = False
        self.at_end: Callable[[pl.Trainer], None] = lambda _trainer: None

    # --- Asking --------------------------------------------------------------------------------

    def ask(self, changes: Mapping[str, Any]) -> str:
        """Change live options now, or as soon as the step in progress is over; what to say of it.

        It is in the log before this returns, and so survives whatever happens until that moment.
        Raises ProblemError when a change is not possible, or cannot be logged.
        """
        batch, step = self._boundary()
        due = [later for later in self._scheduled if later.batch <= batch]
        before = reduce(changed, (later.values for later in due), self._course.recipe)
        after = changed(before, changes)
        self._check(after, changes, batch, step)
        different = tuple(
            Change(path, value_at(before, path), value_at(after, path))
            for path in changes
            if value_at(before, path) != value_at(after, path)
        )
        if not different:
            return "Nothing changes: these are the values now"
        intervention = self._logged(different, batch, step)
        if not self._between_steps:
            return "Takes effect when this step is over"
        self._make_scheduled()
        return intervention.label

    def _boundary(self) -> tuple[int, int]:
        """The batch after which the step in progress is over, and that step. A window of
        accumulated batches ends with the epoch at the latest."""
        progress, batches = self._channel.progress, self._course.plan.batches
        accumulate, within = self._course.recipe.training.accumulate, progress.done % batches
        if within % accumulate == 0:
            return progress.done, progress.step
        end = min(batches, -(-within // accumulate) * accumulate)
        return progress.done - within + end, progress.step + 1

    def _check(self, recipe: Recipe, changes: Mapping[str, Any], batch: int, step: int) -> None:
        self._check_optimizer(changes)
        check_learns(self._network, recipe)
        training, batches = recipe.training, self._course.plan.batches
        if "training.steps" in changes and training.steps is not None and training.steps <= step:
            sentence = f"{counted(step, 'step')} done already"
            raise ProblemError(Problem("training.steps", sentence, "ask for more, or press Stop"))
        if "training.epochs" in changes and training.epochs * batches <= batch:
            sentence = f"{counted(batch // batches, 'epoch')} done already"
            raise ProblemError(Problem("training.epochs", sentence, "ask for more, or press Stop"))

    def _check_optimizer(self, changes: Mapping[str, Any]) -> None:
        """Raises ProblemError for what has no effect on an optimizer of the network's own code."""
        idle = [path for path in changes if path.startswith(_OF_OPTIMIZER)]
        if idle and self._module is not None and self._module.steers_itself:
            sentence = "The network's own code configures the optimizer, which the recipe's is not"
            hint = "set architecture.trained_by to recipe in a new run"
            raise ProblemError(Problem(idle[0], sentence, hint))

    def _logged(self, changes: tuple[Change, ...], batch: int, step: int) -> Intervention:
        """Add an intervention to the log and to what is to be made. Raises ProblemError."""
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        epoch, seconds = batch / self._course.plan.batches, round(self._clock.seconds, 3)
        intervention = Intervention(step, batch, epoch, seconds, now, changes)
        try:
            self.history = add_intervention(self._folder.path, self.history, intervention)
        except OSError as error:
            sentence = f"The change could not be logged: {error.strerror or error}"
            hint = "nothing was changed; free space or mend the folder, then ask again"
            raise ProblemError(Problem("interventions", sentence, hint)) from None
        self._scheduled = self.history[self.made :]
        return intervention

    # --- Making --------------------------------------------------------------------------------

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """What was in effect already is so again, and what the log has for this moment."""
        assert isinstance(pl_module, TrainingModule)
        self._trainer, self._module = trainer, pl_module
        check_learns(self._network, self._course.recipe)
        settle(trainer, pl_module, self._course)
        self._batch_is_over()

    def on_train_batch_start(self, *_args: object) -> None:
        """From here on an intervention waits."""
        self._between_steps = False

    def on_train_batch_end(self, *_args: object) -> None:
        """Make what waits for this moment."""
        self._batch_is_over()

    def _batch_is_over(self) -> None:
        """Inside an accumulation window no step is over, but what the log has for such a moment is
        made: an early stop may have ended the training there, and a longer one gone on."""
        self._between_steps = self._boundary()[0] == self._channel.progress.done
        self._make_scheduled()

    def _make_scheduled(self) -> None:
        while self._scheduled and self._scheduled[0].batch <= self._channel.progress.done:
            self._make(self._scheduled.pop(0))

    def _make(self, intervention: Intervention) -> None:
        assert self._trainer is not None
        assert self._module is not None
        before = self._course.recipe
        self._course.take(changed(before, intervention.values))
        if before.training.freeze != self._course.recipe.training.freeze:
            forget_directions(self._trainer.optimizers[0])
        settle(self._trainer, self._module, self._course)
        plan, progress = self._course.plan, self._channel.progress
        progress.epochs, progress.total_steps = plan.epochs, plan.total_steps
        self._validation.steered(
            self._trainer, longer=any(c.path in _LENGTH for c in intervention.changes)
        )
        self.made += 1
        self._channel.tell(Intervened(intervention))
        if self._trainer.should_stop:
            self.at_end(self._trainer)

    # --- In the checkpoint -----------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """How many of the log's interventions are in effect."""
        return {"made": self.made}
