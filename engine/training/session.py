"""One training from recipe to result: prepares, fits, measures, and cleans up whatever happens."""

from __future__ import annotations

import logging
import math
import traceback
from contextlib import AbstractContextManager, ExitStack, nullcontext
from datetime import datetime
from logging import INFO, WARNING
from pathlib import Path
from typing import Any

from engine import consent, heap, mistakes, torchsetup
from engine.architectures.dryrun import dry_run
from engine.architectures.weights.beginning import beginning
from engine.architectures.weights.glance import check_file
from engine.architectures.weights.matching import Matched
from engine.architectures.weights.report import WeightsReport
from engine.datasets.base import Splits
from engine.datasets.notes import LeftOut
from engine.interrupting import interruptible
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.runs import owncode
from engine.runs.atomic import sweep_temporaries
from engine.runs.folder import RunFolder, check_goes_on, check_writable, unwritable
from engine.runs.lock import RunLock
from engine.runs.logfile import RunLog
from engine.training import events as e
from engine.training import rehearsal
from engine.training.begin import Begin, Extend, Fork, New, Resume
from engine.training.beside import wait_for_looks
from engine.training.channel import Channel
from engine.training.clock import Clock
from engine.training.control import Control
from engine.training.earlier import result_of
from engine.training.endings import (
    NonFiniteLoss,
    StopRun,
    alone,
    diverged,
    end_not_saved,
    is_out_of_memory,
    unexpected,
)
from engine.training.environment import fingerprint
from engine.training.fit import Fit
from engine.training.hashing import sha256_if_readable
from engine.training.loggers import check_loggers
from engine.training.orders import Orders
from engine.training.origin import Origin, find_origin
from engine.training.setting import Setting
from engine.training.settle import check_frozen_layers
from engine.training.slow import SlowWatch
from engine.wording import counted

logger = logging.getLogger(__name__)


def run_recipe(
    recipe: Recipe,
    runs_dir: Path,
    data_dir: Path,
    channel: Channel,
    begin: Begin | None = None,
) -> e.Result:
    """Train a recipe; blocks until the end and raises nothing.

    `begin` says whether in a new run folder, or how it takes up an earlier run; the recipe is then
    that run's own, or for a fork the one to go on with.
    """
    try:
        return Session(recipe, runs_dir, data_dir, channel, begin or New()).run()
    finally:
        heap.give_back()


class Session:
    """One run. `run()` is the whole life of it, on whatever thread it is called."""

    def __init__(
        self, recipe: Recipe, runs_dir: Path, data_dir: Path, channel: Channel, begin: Begin
    ) -> None:
        self.recipe = recipe
        self.channel = channel
        self.clock = Clock()
        self._runs_dir = runs_dir
        self._data_dir = data_dir
        self._begin = begin
        self._lock: RunLock | None = None
        self.folder: RunFolder | None = None
        self._hold_folder_of(begin)
        self._log_handler: logging.Handler | None = None
        self._held = ExitStack()
        self._code: owncode.OwnCode = {}
        self._slow: SlowWatch | None = None
        self._fit: Fit | None = None
        self._orders = Orders(channel)
        self.control = Control(
            channel, self.clock, self._orders.handlers(), self._orders.before_hold
        )

    def run(self) -> e.Result:
        """Prepare, fit, measure; every way to end is told as one `Ended` event."""
        ended = e.Ended(e.Result(None, "failed", 0, 0, 0.0, 0.0))
        try:
            ended = self._ended()
        finally:
            self._clean_up(ended)
        return ended.result

    def _ended(self) -> e.Ended:
        try:
            with alone():
                return self._run()
        except StopRun:
            return e.Ended(self._result("stopped"))
        except ProblemError as error:
            return e.Ended(self._result("failed"), error.problems, bad_input=self._fit is None)
        except NonFiniteLoss as error:
            return e.Ended(self._result("failed"), (diverged(error, self.folder),))
        except Exception as error:
            details = "" if is_out_of_memory(error) else traceback.format_exc()
            logger.error("The training failed\n%s", traceback.format_exc())
            if (mistake := self._mistake(error)) is not None:
                return e.Ended(self._result("failed"), (mistake,), bad_input=self._fit is None)
            problem = unexpected(error, self.folder)
            return e.Ended(self._result("failed"), (problem,), traceback=details)

    def _mistake(self, error: Exception) -> Problem | None:
        """An error that came out of a person's own file; a lack of memory is none of these."""
        path = mistakes.own_file(error, [code.path for code in self._code.values()])
        if path is None or is_out_of_memory(error):
            return None
        where = next(place for place, code in self._code.items() if code.path == path)
        return mistakes.problem(error, path, where)

    def _run(self) -> e.Ended:
        setting = self._prepare()
        fit = self._fit = self._orders.fit = self._opened(setting)
        fit.start()
        metrics = self._final_metrics(fit)
        fit.checkpoints.drain()
        self.control.between_evaluation_batches("testing")  # a full disk may pause it even now
        result = self._result("finished", metrics)
        return e.Ended(result, () if result.checkpoint is not None else (end_not_saved(),))

    def _opened(self, setting: Setting) -> Fit:
        """Raises ProblemError when the run folder cannot be written."""
        try:
            return Fit(setting)
        except OSError as error:
            raise ProblemError(unwritable(setting.folder, error)) from None

    # --- Before and after ------------------------------------------------------------------------

    def _prepare(self) -> Setting:
        """Everything that can go wrong before a run is worth a folder."""
        wait_for_looks(self.control.before_training)
        self._preparing("Checking the recipe", None)
        check_loggers(self.recipe)
        if self.folder is None:
            check_writable(self._runs_dir)
        else:
            self._take_folder(self.folder)
        origin = find_origin(self._begin, self.recipe)
        if not origin.content:
            check_file(self.recipe)
        origin.take_code()
        self._code = origin.code
        if self._code:
            self._slow = SlowWatch(self.channel, [one.path.name for one in self._code.values()])
            self._slow.start()
        self._held.enter_context(consent.held(origin.code.values()))
        with self._watched(origin):
            resolved = origin.resolved()
        torchsetup.use_threads(resolved.threads)
        torchsetup.use_tf32(resolved.precision == "tf32")
        splits = self.recipe.dataset.build(self._data_dir, self._preparing)
        splits = self.recipe.architecture.prepared(splits)
        self._check_sizes(splits)
        content = fingerprint(splits)
        origin.check_fingerprint(content)
        dry_run(self.recipe, splits.facts)
        notes = self._rehearse(splits, origin)
        check_frozen_layers(self.recipe, splits.facts)
        weights = self._weights(splits, origin)
        if self.folder is None:
            self.folder = origin.make_folder(self._runs_dir)
            self._take_lock(self.folder)
        assert self._lock is not None
        self._open_log(self.folder)
        for note in (*splits.notes, *notes):
            logger.log(WARNING if isinstance(note, LeftOut) else INFO, "%s", note)
        self.channel.tell(e.RunCreated(self.folder.path))
        if weights is not None:
            self._tell_weights(weights.report)
        return Setting(
            origin, self.folder, self._lock, splits, content, resolved, self.channel, self.clock,
            self.control, weights, self._preparing,
        )  # fmt: skip

    def _weights(self, splits: Splits, origin: Origin) -> Matched | None:
        """What the network begins with, unless a checkpoint has its weights. ProblemError."""
        if origin.content:
            return None
        found = beginning(self.recipe, splits.facts, self._data_dir, self._preparing)
        origin.check_weights(found.sha256 if found else "")
        return found

    def _tell_weights(self, report: WeightsReport) -> None:
        """Nothing of a file is left out in silence."""
        for line in report.lines():
            logger.info("%s", line)
        if not report.whole:
            told = Problem("architecture.weights", report.headline, report.hint)
            self.channel.tell(e.Notice(told))

    def _watched(self, origin: Origin) -> AbstractContextManager[None]:
        """Own code in here that never ends can be stopped."""
        if rehearsal.WHERE not in origin.code:
            return nullcontext()
        return interruptible(self.control.before_training)

    def _rehearse(self, splits: Splits, origin: Origin) -> tuple[str, ...]:
        """Own code that has not trained yet is tried before. Raises ProblemError."""
        if rehearsal.WHERE not in origin.code or not isinstance(self._begin, New | Fork):
            return ()
        self._preparing(f"Trying {origin.code[rehearsal.WHERE].path.name}", None)
        return rehearsal.rehearse(self.recipe, splits, self.control.before_training)

    @property
    def _goes_on(self) -> bool:
        """Whether an earlier run goes on in its own folder."""
        return isinstance(self._begin, Resume | Extend)

    def _hold_folder_of(self, begin: Begin) -> None:
        if isinstance(begin, Resume | Extend):
            self.folder = begin.folder

    def _take_folder(self, folder: RunFolder) -> None:
        """Raises ProblemError when an earlier run cannot go on in its folder."""
        check_goes_on(folder)
        self._take_lock(folder)
        sweep_temporaries(folder.path)
        sweep_temporaries(folder.checkpoints)

    def _take_lock(self, folder: RunFolder) -> None:
        """Raises ProblemError when another process trains this run."""
        lock = RunLock(folder)
        lock.take()
        self._lock = lock

    def _preparing(self, message: str, fraction: float | None) -> None:
        self.channel.tell(e.Preparing(message, fraction))
        self.control.before_training()

    def _check_sizes(self, splits: Splits) -> None:
        for name, part in splits.named().items():
            if len(part) == 0:
                sentence = f"The {name} split has no samples"
                raise ProblemError(Problem("dataset", sentence, "use more data or other fractions"))

    def _open_log(self, folder: RunFolder) -> None:
        handler = RunLog(folder.log_file)
        logging.getLogger("engine").addHandler(handler)
        logging.getLogger("engine").setLevel(logging.INFO)
        self._log_handler = handler

    def _final_metrics(self, fit: Fit) -> dict[str, float]:
        """Train, validation and test, measured with the weights as they are now."""
        progress = self.channel.progress
        metrics: dict[str, float] = {}
        for name, part in fit.learned.named().items():
            progress.phase, progress.batch, progress.validating = "testing", 0, True
            progress.batches = fit.evaluator.batches(part)
            values = fit.evaluator.evaluate(
                fit.module.measured_network, part, self._between_final_batches
            )
            metrics |= {f"{name}_{metric}": value for metric, value in values.items()}
            if not math.isfinite(values["loss"]):
                raise NonFiniteLoss(progress.step, values["loss"], f"{name} loss")
        return metrics

    def _between_final_batches(self, number: int) -> None:
        self.channel.progress.batch = number
        self.control.between_evaluation_batches("testing")

    def _result(self, status: e.Status, metrics: dict[str, float] | None = None) -> e.Result:
        fit, folder = self._fit, self.folder
        if fit is None and folder is not None and self._goes_on:
            return result_of(folder, status)
        if fit is None or folder is None:
            return e.Result(folder.path if folder else None, status, 0, 0, self.clock.seconds, 0.0)
        fit.checkpoints.end()
        progress = self.channel.progress
        best = {f"best_val_{name}": value for name, value in fit.validation.best_values.items()}
        last, best_path = folder.last_checkpoint, folder.best_checkpoint
        return e.Result(
            run=folder.path,
            status=status,
            epochs=progress.done // fit.plan.batches,
            steps=progress.step,
            seconds=round(self.clock.seconds, 3),
            samples_per_second=round(progress.samples_per_second, 1),
            metrics=(metrics if metrics is not None else fit.latest_metrics()) | best,
            weights_sha256=sha256_if_readable(fit.module.inference_network),
            checkpoint=last if fit.checkpoints.is_kept(last) else None,
            best_checkpoint=best_path if best_path.is_file() else None,
        )

    def _clean_up(self, ended: e.Ended) -> None:
        """Lightning's teardown hooks do not run after an exception: all is closed here, and
        whatever happens on the way, the end is told."""
        steps = (self.clock.hold, self._end_watch, self._close_fit,
                 lambda: self._write_summary(ended), self._close_log, self._give_lock_back,
                 self._held.close,
                 lambda: torchsetup.use_threads(1), lambda: torchsetup.use_tf32(False),
                 torchsetup.use_any_operation)  # fmt: skip
        for step in steps:
            try:
                step()
            except Exception:
                logger.exception("Cleaning up after the training failed")
        self.channel.progress.phase, self.channel.progress.validating = "ended", False
        self.channel.tell(ended)
        self.channel.close()

    def _end_watch(self) -> None:
        if self._slow is not None:
            self._slow.end()

    def _close_fit(self) -> None:
        if self._fit is not None:
            self._fit.close()

    def _give_lock_back(self) -> None:
        if self._lock is not None:
            self._lock.give_back()

    def _close_log(self) -> None:
        handler, self._log_handler = self._log_handler, None
        if handler is not None:
            logging.getLogger("engine").removeHandler(handler)
            handler.close()

    def _write_summary(self, ended: e.Ended) -> None:
        folder = self.folder
        if folder is None or (self._fit is None and self._goes_on):
            return  # an earlier run that could not go on stays as it was
        if ended.result.status == "finished" and ended.problems:
            return  # without a summary it counts as interrupted, and can be resumed
        for problem in ended.problems:
            logger.error("%s", problem)
        done = counted(ended.result.steps, "step")
        logger.info("%s after %s", ended.result.status.capitalize(), done)
        try:
            folder.write_json(folder.summary_file, self._summary(ended))
        except OSError as error:
            sentence = f"The summary could not be written: {error.strerror or error}"
            self.channel.tell(e.Notice(Problem("run", sentence, "the result is shown here")))

    def _summary(self, ended: e.Ended) -> dict[str, Any]:
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        more: dict[str, Any] = {"ended": now, "batches": self.channel.progress.done}
        if self._fit is not None:
            more["interventions"] = self._fit.steering.made
            more["best_steps"] = self._fit.validation.best_steps
        return ended.result.as_json(ended.problems) | more
