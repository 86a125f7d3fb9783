"""One `Trainer.fit`: its objects wired together, its run folder written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.datasets.base import Splits
from engine.problems import Problem
from engine.recipe import Recipe
from engine.runs.folder import RunFolder
from engine.runs.metricfile import MetricWriter, cut_back
from engine.training import events as e
from engine.training.channel import Channel
from engine.training.checkpoints import Checkpoints, load_checkpoint
from engine.training.clock import Clock
from engine.training.control import Control
from engine.training.environment import describe_environment
from engine.training.exact import ExactState, seed_everything
from engine.training.loader import TrainLoader
from engine.training.metrics import Evaluator
from engine.training.module import TrainingModule
from engine.training.plan import Plan
from engine.training.recorder import Recorder
from engine.training.resolve import Resolved
from engine.training.trainer import build_trainer
from engine.training.validation import Validation


@dataclass(frozen=True)
class Setting:
    """What a fit is made from, all of it decided before."""

    recipe: Recipe
    folder: RunFolder
    splits: Splits
    resolved: Resolved
    channel: Channel
    clock: Clock
    control: Control
    resuming: bool


class Fit:
    """The objects of one `Trainer.fit`, wired together."""

    def __init__(self, setting: Setting) -> None:
        recipe, splits = setting.recipe, setting.splits
        channel, clock, training = setting.channel, setting.clock, setting.recipe.training
        self.setting = setting
        self.fitted = False
        self.folder = setting.folder
        self.loader = TrainLoader(
            splits.train, training.batch_size, training.seed, training.workers
        )
        self.plan = Plan.of(training, len(self.loader))
        seed_everything(training.seed)
        self.module = TrainingModule(recipe, splits, self.plan)
        self.evaluator = Evaluator(
            splits.facts, self.module.criterion, self.module.preprocess, training.batch_size
        )
        self._checkpoint = self._checkpoint_to_resume()
        self.writer = self._open_metrics(channel)
        score = "mae" if splits.facts.task == "regression" else "accuracy"
        self.recorder = Recorder(channel, clock, score, self.plan.batches)
        self.validation = Validation(recipe, splits.val, self.evaluator, channel, clock, self.plan)
        self.validation.recorder, self.validation.control = self.recorder, setting.control
        self.checkpoints = Checkpoints(
            self.folder, channel, clock, self.validation, self._before_saving
        )
        callbacks = [ExactState(self.loader, training.accumulate), self.recorder, self.validation,
                     self.checkpoints, setting.control]  # fmt: skip
        self.trainer = build_trainer(training, setting.resolved, self.plan, callbacks)

    def _checkpoint_to_resume(self) -> Path | None:
        path = self.folder.last_checkpoint
        return path if self.setting.resuming and path.is_file() else None

    def _open_metrics(self, channel: Channel) -> MetricWriter:
        """The writer of this run's metrics; what a resumed run has on disk already is read."""
        writer = MetricWriter(channel.log, self.folder.path, self._metrics_not_written)
        if self.setting.resuming:
            length = 0
            if self._checkpoint is not None:
                states = load_checkpoint(self._checkpoint)["callbacks"]
                length = int(states["Checkpoints"]["metrics_length"])
            earlier = cut_back(self.folder.path, length)
            for name in earlier.names():
                channel.log.open(name).extend(earlier.series(name).since())
            writer.take_over()
        return writer

    def _metrics_not_written(self, error: OSError) -> None:
        sentence = f"Metrics cannot be written: {error.strerror or error}"
        hint = "the training goes on and writes them once there is room"
        self.setting.channel.tell(e.Notice(Problem("metrics", sentence, hint)))

    def start(self) -> None:
        """Fit to the end. Raises what ends it."""
        recipe, channel = self.setting.recipe, self.setting.channel
        environment = describe_environment(recipe, self.setting.resolved, self.plan)
        self.folder.write_json(self.folder.environment_file, environment)
        self.folder.summary_file.unlink(missing_ok=True)
        progress = channel.progress
        progress.epochs, progress.batches = self.plan.epochs, self.plan.batches
        progress.total_steps, progress.phase = self.plan.total_steps, "training"
        channel.tell(self._started())
        if self._checkpoint is not None:
            self.checkpoints.resumed_from(self._checkpoint)
        self.writer.start()
        self.setting.clock.start()
        self.trainer.fit(self.module, self.loader, ckpt_path=self._checkpoint, weights_only=True)
        self.recorder.flush()
        self.module.to(self.setting.resolved.device)  # Lightning's teardown moved it to the CPU
        if self.validation.pending:
            # resumed after its very last batch: there was nothing to fit, but this was still due
            self.validation.on_train_start(self.trainer, self.module)
            self.checkpoints.on_train_start(self.trainer, self.module)
        self.fitted = True

    def _started(self) -> e.Started:
        return e.Started(
            run=self.folder.path,
            epochs=self.plan.epochs,
            total_steps=self.plan.total_steps,
            batches_per_epoch=self.plan.batches,
            device=self.setting.resolved.device,
            threads=self.setting.resolved.threads,
            parameters=sum(p.numel() for p in self.module.network.parameters()),
        )

    def _before_saving(self) -> int:
        """Everything recorded so far is on disk; its length goes into the checkpoint."""
        self.recorder.flush()
        return self.writer.flush()

    def keep_state(self, reason: str) -> Problem | None:
        """Write `last.ckpt`; a problem when that failed. After the fit it is there already."""
        if self.fitted:
            return None
        return self.checkpoints.save(self.trainer, self.folder.last_checkpoint, reason)

    def latest_metrics(self) -> dict[str, float]:
        """The last value of each validation metric (a run that did not reach its end)."""
        log = self.setting.channel.log
        names = [name for name in log.names() if name.startswith("val_") and len(log.series(name))]
        return {name: float(log.series(name).since()[-1]["value"]) for name in names}

    def close(self) -> None:
        """End the writer and the worker processes."""
        self.loader.close()
        self.writer.end()
