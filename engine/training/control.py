"""Obeys commands between two batches, on the training thread. Paused means blocked here."""

from __future__ import annotations

import queue
from collections.abc import Callable
from concurrent.futures import Future

from engine.problems import ProblemError
from engine.training import commands as c
from engine.training.channel import Channel
from engine.training.clock import Clock
from engine.training.endings import EndsTraining, StopRun
from engine.training.events import Answered, Paused, Phase, Resumed
from engine.training.lightning import pl

Handler = Callable[[c.Command], c.Report]


class Control(pl.Callback):
    """The last callback: when it runs, the batch and all its consequences are over.

    `until` is the batch, counted over the whole run, after which a replay ends.
    `handlers` do what a command asks for and return its report; what they raise is answered and
    does not end the training. Pause, Resume and Step are obeyed here; Stop ends the run after
    its handler has kept what is to be kept.
    """

    def __init__(
        self, channel: Channel, clock: Clock, handlers: dict[type[c.Command], Handler],
        before_hold: Callable[[], None],
    ) -> None:  # fmt: skip
        self._channel = channel
        self._clock = clock
        self._handlers = handlers
        self._before_hold = before_hold
        self._paused = False
        self._steps = 0
        self._validating = False
        self.until: int | None = None

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """A pause asked for while the data was loading holds before the first batch."""
        self._end_of_replay()
        self._attend("training")

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, *_args: object
    ) -> None:
        """One training batch is over: one of the allowed steps is used up."""
        self._steps = max(0, self._steps - 1)
        self._end_of_replay()
        self._attend("training")

    def _end_of_replay(self) -> None:
        if self.until is not None and self._channel.progress.done >= self.until:
            self._handlers[c.Stop](c.Stop(save=True))
            raise StopRun

    def between_evaluation_batches(self, phase: Phase = "validating") -> None:
        """Called by the validation: a Step goes through it, a Pause holds in it."""
        self._validating = True
        try:
            self._attend(phase)
        finally:
            self._validating = False

    def before_training(self) -> None:
        """Called while preparing: obeys Stop, remembers Pause. Raises StopRun."""
        self._obey_waiting(block=False)

    def _attend(self, phase: Phase) -> None:
        if not self._channel.commands.empty():  # an exception in every batch is not free
            self._obey_waiting(block=False)
        if not self._held:
            return
        self._before_hold()
        progress = self._channel.progress
        progress.phase = "paused"
        self._clock.hold()
        self._channel.tell(Paused(progress.epoch, progress.batch, progress.step))
        while self._held:
            self._obey_waiting(block=True)
        self._clock.start()
        progress.phase = phase
        if not self._paused:
            self._channel.tell(Resumed())

    @property
    def _held(self) -> bool:
        return self._paused and self._steps == 0

    def _obey_waiting(self, block: bool) -> None:
        """Obey what is in the queue, or wait for one command. Raises StopRun."""
        while True:
            try:
                command, future = self._channel.commands.get(block=block)
            except queue.Empty:
                return
            if future.set_running_or_notify_cancel():  # else whoever asked has given up
                self._obey(command, future)
            if block or (self._steps and self._paused):
                return  # a step has to be made before the next command is looked at

    def _obey(self, command: c.Command, future: Future[c.Report]) -> None:
        counted = self._clock.running
        self._clock.hold()  # saving and exporting are no training
        try:
            report = self._answer(command)
        except EndsTraining:
            future.set_result(c.Report(command, False, "The training has ended"))
            raise
        except ProblemError as error:
            problem = error.problems[0]
            report = c.Report(command, False, problem.sentence, problem.hint)
        except Exception as error:
            sentence = f"{type(command).__name__} failed: {error}"
            report = c.Report(command, False, sentence, "the training goes on")
        if counted:
            self._clock.start()
        future.set_result(report)
        self._channel.tell(Answered(report))
        if isinstance(command, c.Stop):
            if report.ok:
                raise StopRun
            self._paused, self._steps = True, 0  # what could not be kept must not be lost

    def _answer(self, command: c.Command) -> c.Report:
        if isinstance(command, c.Pause):
            self._paused, self._steps = True, 0
            return c.Report(command, True, "Paused")
        if isinstance(command, c.Resume):
            self._paused, self._steps = False, 0
            return c.Report(command, True, "Goes on")
        if isinstance(command, c.Step) and command.batches < 1:
            return c.Report(command, False, "A step is at least one batch")
        if isinstance(command, c.Step):
            # asked for in the middle of a validation, the batch that it belongs to is not over
            self._paused, self._steps = True, command.batches + self._validating
            return c.Report(command, True, f"Lets {command.batches} through")
        handler = self._handlers.get(type(command))
        if handler is None:
            return c.Report(command, False, f"{type(command).__name__} is not possible here")
        return handler(command)
