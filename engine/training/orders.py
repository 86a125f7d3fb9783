"""The commands that a training obeys: what each does to the fit, and the report of it."""

from __future__ import annotations

from collections.abc import Callable

from engine.problems import Problem, ProblemError
from engine.training import commands as c
from engine.training.channel import Channel
from engine.training.fit import Fit
from engine.wording import counted


class Orders:
    """Handlers for the Control, which calls them between two batches; `fit` is None before."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.fit: Fit | None = None

    def handlers(self) -> dict[type[c.Command], Callable[[c.Command], c.Report]]:
        """What obeys each command. All raise ProblemError when it cannot be done."""
        return {
            c.SaveCheckpoint: self._save_checkpoint,
            c.Validate: self._validate,
            c.Export: self._export,
            c.Intervene: self._intervene,
            c.Stop: self._keep_before_stop,
        }

    def before_hold(self) -> None:
        """Everything recorded so far can be seen while the training is held."""
        if self.fit is not None:
            self.fit.recorder.flush()

    def _running(self) -> Fit:
        if self.fit is None:
            raise ProblemError(Problem("training", "The training has not begun", "wait a moment"))
        return self.fit

    def _save_checkpoint(self, command: c.Command) -> c.Report:
        fit, progress = self._running(), self._channel.progress
        if fit.fitted:  # Lightning's counters speak of an epoch to come
            return c.Report(command, False, "The training is over; its end is kept in last.ckpt")
        path = fit.folder.checkpoints / f"step-{progress.step:08d}.ckpt"
        problem = fit.checkpoints.save_now(fit.trainer, path, "asked")
        if problem is not None:
            return c.Report(command, False, problem.sentence, problem.hint)
        return c.Report(command, True, f"Saved {path.name}", path=path)

    def _intervene(self, command: c.Command) -> c.Report:
        assert isinstance(command, c.Intervene)
        fit = self._running()
        if fit.fitted:
            return c.Report(command, False, "The training is over; only its result is measured")
        return c.Report(command, True, fit.steering.ask(dict(command.changes)))

    def _keep_before_stop(self, command: c.Command) -> c.Report:
        if isinstance(command, c.Stop) and command.save and self.fit is not None:
            fit = self.fit
            problem = fit.keep_state("stopped")
            if problem is not None:
                return c.Report(command, False, problem.sentence, problem.hint)
            path = fit.folder.last_checkpoint
            return c.Report(command, True, "Stopped; the state is kept", path=path)
        return c.Report(command, True, "Stopped")

    def _validate(self, command: c.Command) -> c.Report:
        fit = self._running()
        values = fit.evaluator.evaluate(fit.module.measured_network, fit.learned.val)
        shown = ", ".join(f"val_{name} {value:.4g}" for name, value in values.items())
        return c.Report(command, True, shown)

    def _export(self, command: c.Command) -> c.Report:
        from engine.exporters import export_model

        assert isinstance(command, c.Export)
        fit = self._running()
        network = fit.module.inference_network
        report = export_model(
            network, fit.setting.splits, fit.setting.origin.recipe, command.format, command.path
        )
        sentence = (
            f"Exported {report.path.name}; largest difference {report.largest_difference:.2g}"
            f" on {counted(report.samples, 'sample')}"
        )
        return c.Report(command, True, sentence, path=report.path)
