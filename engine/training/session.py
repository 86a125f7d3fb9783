"""One training from recipe to result: prepares, fits, measures, and cleans up whatever happens."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from engine import torchsetup
from engine.datasets.base import Splits
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.runs.atomic import sweep_temporaries
from engine.runs.folder import RunFolder, check_writable, create_run
from engine.training import commands as c
from engine.training import events as e
from engine.training.channel import Channel
from engine.training.clock import Clock
from engine.training.control import Control
from engine.training.endings import NonFiniteLoss, StopRun
from engine.training.fit import Fit, Setting
from engine.training.hashing import weights_sha256
from engine.training.resolve import Resolved, resolve

logger = logging.getLogger(__name__)


def run_recipe(
    recipe: Recipe,
    runs_dir: Path,
    data_dir: Path,
    channel: Channel,
    folder: RunFolder | None = None,
) -> e.Result:
    """Train a recipe in a new run folder; blocks until the end and raises nothing.

    With `folder`, an earlier run that was stopped goes on from its last checkpoint instead.
    """
    return Session(recipe, runs_dir, data_dir, channel, folder).run()


class Session:
    """One run. `run()` is the whole life of it, on whatever thread it is called."""

    def __init__(
        self, recipe: Recipe, runs_dir: Path, data_dir: Path, channel: Channel,
        folder: RunFolder | None = None,
    ) -> None:  # fmt: skip
        self.recipe = recipe
        self.channel = channel
        self.clock = Clock()
        self._runs_dir = runs_dir
        self._data_dir = data_dir
        self.resuming = folder is not None
        self.folder = folder
        self._log_handler: logging.Handler | None = None
        self._fit: Fit | None = None
        self._handlers: dict[type[c.Command], Callable[[c.Command], c.Report]] = {
            c.SaveCheckpoint: self._save_checkpoint,
            c.Validate: self._validate,
            c.Export: self._export,
            c.Stop: self._keep_before_stop,
        }
        self.control = Control(channel, self.clock, self._handlers, self._before_hold)

    def run(self) -> e.Result:
        """Prepare, fit, measure; every way to end is told as one `Ended` event."""
        try:
            ended = self._run()
        except StopRun:
            ended = e.Ended(self._result("stopped"))
        except ProblemError as error:
            ended = e.Ended(self._result("failed"), error.problems, bad_input=self._fit is None)
        except NonFiniteLoss as error:
            ended = e.Ended(self._result("failed"), (self._diverged(error),))
        except Exception as error:
            ended = self._unexpected(error)
        self._clean_up(ended)
        return ended.result

    def _run(self) -> e.Ended:
        resolved, splits = self._prepare()
        assert self.folder is not None
        fit = self._fit = Fit(
            Setting(
                recipe=self.recipe,
                folder=self.folder,
                splits=splits,
                resolved=resolved,
                channel=self.channel,
                clock=self.clock,
                control=self.control,
                resuming=self.resuming,
            )
        )
        fit.start()
        metrics = self._final_metrics(fit, splits)
        return e.Ended(self._result("finished", metrics))

    # --- Before and after ------------------------------------------------------------------------

    def _prepare(self) -> tuple[Resolved, Splits]:
        """Everything that can go wrong before a run is worth a folder."""
        self._preparing("Checking the recipe", None)
        check_writable(self._runs_dir if self.folder is None else self.folder.path)
        resolved = resolve(self.recipe)
        if self.folder is not None:
            sweep_temporaries(self.folder.checkpoints)
            recorded = self.folder.environment().get("resolved", {})
            resolved = Resolved(**recorded) if recorded else resolved
        torchsetup.use_threads(resolved.threads)
        splits = self.recipe.dataset.build(self._data_dir, self._preparing)
        self._check_sizes(splits)
        if self.folder is None:
            self.folder = create_run(self._runs_dir, self.recipe)
        self._open_log(self.folder)
        self.channel.tell(e.RunCreated(self.folder.path))
        return resolved, splits

    def _preparing(self, message: str, fraction: float | None) -> None:
        self.channel.tell(e.Preparing(message, fraction))
        self.control.before_training()

    def _check_sizes(self, splits: Splits) -> None:
        for name, part in splits.named().items():
            if len(part) == 0:
                sentence = f"The {name} split has no samples"
                raise ProblemError(Problem("dataset", sentence, "use more data or other fractions"))

    def _open_log(self, folder: RunFolder) -> None:
        handler = logging.FileHandler(folder.log_file, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logging.getLogger("engine").addHandler(handler)
        logging.getLogger("engine").setLevel(logging.INFO)
        self._log_handler = handler

    def _final_metrics(self, fit: Fit, splits: Splits) -> dict[str, float]:
        """Train, validation and test, measured with the weights as they are now."""
        progress = self.channel.progress
        metrics: dict[str, float] = {}
        for name, part in splits.named().items():
            progress.phase, progress.batch = "testing", 0
            progress.batches = fit.evaluator.batches(part)
            values = fit.evaluator.evaluate(
                fit.module.inference_network, part, self._between_final_batches
            )
            metrics |= {f"{name}_{metric}": value for metric, value in values.items()}
        return metrics

    def _between_final_batches(self, number: int) -> None:
        self.channel.progress.batch = number
        self.control.between_evaluation_batches()

    def _result(self, status: e.Status, metrics: dict[str, float] | None = None) -> e.Result:
        fit, folder = self._fit, self.folder
        if fit is None or folder is None:
            return e.Result(folder.path if folder else None, status, 0, 0, self.clock.seconds, 0.0)
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
            weights_sha256=weights_sha256(fit.module.inference_network),
            checkpoint=last if last.is_file() else None,
            best_checkpoint=best_path if best_path.is_file() else None,
        )

    def _diverged(self, error: NonFiniteLoss) -> Problem:
        kept = [path.name for path in (self.folder.last_checkpoint, self.folder.best_checkpoint)
                if path.is_file()] if self.folder else []  # fmt: skip
        keeps = f"; kept: {' and '.join(kept)} from before" if kept else ""
        sentence = f"The loss became {error.value} at step {error.step}{keeps}"
        hint = "try a lower optimizer.lr, a warm-up, or regularization.clip_norm=1"
        return Problem("training", sentence, hint)

    def _unexpected(self, error: Exception) -> e.Ended:
        """A bug, or a device out of memory."""
        if isinstance(error, torch.OutOfMemoryError | MemoryError):
            hint = "lower training.batch_size, or raise training.accumulate instead"
            problem = Problem("training", "There is not enough memory for this training", hint)
            return e.Ended(self._result("failed"), (problem,))
        details = traceback.format_exc()
        logger.error("The training failed\n%s", details)
        sentence = f"The training failed: {type(error).__name__}: {error}"
        hint = "the details are in the run's log.txt" if self.folder is not None else ""
        problem = Problem("training", sentence, hint)
        return e.Ended(self._result("failed"), (problem,), traceback=details)

    def _clean_up(self, ended: e.Ended) -> None:
        """Lightning's teardown hooks do not run after an exception: all is closed here."""
        self.clock.hold()
        if self._fit is not None:
            self._fit.close()
        if self.folder is not None and self._fit is not None:
            self._write_summary(self.folder, ended)
        self.channel.progress.phase = "ended"
        if self._log_handler is not None:
            logging.getLogger("engine").removeHandler(self._log_handler)
            self._log_handler.close()
        self._fit = None
        torchsetup.use_threads(1)
        self.channel.tell(ended)
        self.channel.close()

    def _write_summary(self, folder: RunFolder, ended: e.Ended) -> None:
        summary = result_as_json(ended.result) | {"problems": [asdict(p) for p in ended.problems]}
        for problem in ended.problems:
            logger.error("%s", problem)
        logger.info("%s after %d steps", ended.result.status, ended.result.steps)
        try:
            folder.write_json(folder.summary_file, summary)
        except OSError as error:
            sentence = f"The summary could not be written: {error.strerror or error}"
            self.channel.tell(e.Notice(Problem("run", sentence, "the result is shown here")))

    # --- Commands ----------------------------------------------------------------------------

    def _before_hold(self) -> None:
        if self._fit is not None:
            self._fit.recorder.flush()

    def _running(self) -> Fit:
        if self._fit is None:
            raise ProblemError(Problem("training", "The training has not begun", "wait a moment"))
        return self._fit

    def _save_checkpoint(self, command: c.Command) -> c.Report:
        fit, progress = self._running(), self.channel.progress
        path = fit.folder.checkpoints / f"step-{progress.step:08d}.ckpt"
        problem = fit.checkpoints.save(fit.trainer, path, "asked")
        if problem is not None:
            return c.Report(command, False, problem.sentence, problem.hint)
        return c.Report(command, True, f"Saved {path.name}", path=path)

    def _keep_before_stop(self, command: c.Command) -> c.Report:
        if isinstance(command, c.Stop) and command.save and self._fit is not None:
            fit = self._fit
            problem = fit.keep_state("stopped")
            if problem is not None:
                return c.Report(command, False, problem.sentence, problem.hint)
            path = fit.folder.last_checkpoint
            return c.Report(command, True, "Stopped; the state is kept", path=path)
        return c.Report(command, True, "Stopped")

    def _validate(self, command: c.Command) -> c.Report:
        fit = self._running()
        values = fit.evaluator.evaluate(fit.module.inference_network, fit.setting.splits.val)
        shown = ", ".join(f"val_{name} {value:.4g}" for name, value in values.items())
        return c.Report(command, True, shown)

    def _export(self, command: c.Command) -> c.Report:
        from engine.exporters import export_model

        assert isinstance(command, c.Export)
        fit = self._running()
        network = fit.module.inference_network
        report = export_model(
            network, fit.setting.splits, self.recipe, command.format, command.path
        )
        sentence = (
            f"Exported {report.path.name}; largest difference {report.largest_difference:.2g}"
            f" on {report.samples} samples"
        )
        return c.Report(command, True, sentence, path=report.path)


def result_as_json(result: e.Result) -> dict[str, Any]:
    """The last line of `train --json`."""
    data = asdict(result)
    for key in ("run", "checkpoint", "best_checkpoint"):
        data[key] = str(data[key]) if data[key] is not None else None
    return data
