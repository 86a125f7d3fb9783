"""One `Trainer.fit`: its objects wired together, its run folder written."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from engine.architectures.weights.matching import Matched
from engine.datasets.base import Splits
from engine.live import changed
from engine.problems import Problem
from engine.recipe import Recipe
from engine.runs.atomic import write_atomically
from engine.runs.interventions import (
    Change,
    Intervention,
    with_intervention,
    write_interventions,
)
from engine.runs.metricfile import MetricWriter
from engine.runs.metricreader import cut_back
from engine.training import events as e
from engine.training.adapt import fitted, forked
from engine.training.ahead import may_be_ahead, normalised
from engine.training.augment import Augment
from engine.training.begin import Extend, Resume
from engine.training.checkpoints import Checkpoints
from engine.training.circumstances import Circumstances
from engine.training.course import Course
from engine.training.exact import ExactState, seed_everything
from engine.training.features import only_head_learns, passing, why_not, with_features
from engine.training.generation import Generation, writes_samples
from engine.training.keeper import Keeper
from engine.training.lightning import pl
from engine.training.loader import TrainLoader
from engine.training.loggers import ExtraLoggers
from engine.training.metrics import Evaluator
from engine.training.module import TrainingModule
from engine.training.order import order_of
from engine.training.origin import Origin, set_aside_later
from engine.training.ownmodule import training_module
from engine.training.plan import Plan
from engine.training.recorder import Recorder
from engine.training.setting import Setting
from engine.training.speed import make_fast
from engine.training.steering import Steering
from engine.training.together import Together
from engine.training.trainer import build_trainer
from engine.training.validation import Validation

logger = logging.getLogger(__name__)


class Fit:
    """The objects of one `Trainer.fit`, wired together."""

    def __init__(self, setting: Setting) -> None:
        origin = setting.origin
        recipe = origin.recipe_at_start()
        self.setting, self.folder, self.fitted = setting, setting.folder, False
        self.loader = _loader(recipe, setting.splits)
        self.course = Course(recipe, len(self.loader))
        self.circumstances = Circumstances(setting, self.course)
        if isinstance(origin.begin, Extend):
            self._extend(origin.begin.epochs)
        self.module = self._make_module(recipe)
        content = self._fitting(origin) if origin.content else None
        self.learned = self._learned(setting.splits, content)
        self._take_up(origin)
        self._make_records(recipe)
        self._make_validation(recipe)
        self._make_steering(origin)
        self.loggers = ExtraLoggers(recipe, self.folder, setting.channel)
        self.generation = self._make_generation(recipe)
        self.trainer = build_trainer(
            setting.resolved, recipe.training.deterministic, self.plan,
            Together(self._callbacks(recipe)), self.checkpoints.io,
        )  # fmt: skip
        if content is not None:
            self.checkpoints.io.loaded = content
            self.checkpoints.begin_with(content)

    # --- Making ----------------------------------------------------------------------------------

    def _make_module(self, recipe: Recipe) -> TrainingModule:
        """The first to draw from the global generators."""
        seed_everything(recipe.training.seed)
        module = training_module(self.course, self.setting.splits)
        module.implementation = self.setting.resolved.implementation
        module.numbers.scores.at_once = self.setting.resolved.compile == "reduce-overhead"
        if self.setting.weights is not None:
            _begin_with(self.setting.weights, module)
        make_fast(
            module.network, module.average, self.setting.resolved,
            self.circumstances.compiled, self.circumstances.compiling,
            small=recipe.training.checkpoint_activations,
        )  # fmt: skip
        return module

    def _make_records(self, recipe: Recipe) -> None:
        """What writes down how it goes."""
        channel = self.setting.channel
        self.keeper = Keeper(
            self.folder, channel, self.setting.lock, self._write_again,
            pause=recipe.training.when_not_saved == "pause",
        )  # fmt: skip
        self.writer = self._open_metrics()
        score = "mae" if self.setting.splits.facts.task == "regression" else "accuracy"
        self.recorder = Recorder(channel, self.setting.clock, score, self.plan.batches)

    def _make_validation(self, recipe: Recipe) -> None:
        """What measures, and keeps the state that was best."""
        channel, clock, preprocess = (
            self.setting.channel,
            self.setting.clock,
            self.module.preprocess,
        )
        self.evaluator = Evaluator(
            self.setting.splits.facts, self.module.criterion,
            passing(preprocess) if self.module.by_features else preprocess,
            recipe.training.batch_size,
        )  # fmt: skip
        self.validation = Validation(self.course, self.learned.val, self.evaluator, channel, clock)
        self.validation.recorder, self.validation.control = self.recorder, self.setting.control
        self.checkpoints = Checkpoints(
            self.course, self.folder, channel, clock, self.validation, self.keeper
        )
        self.checkpoints.flush, self.checkpoints.sync = self._before_saving, self.writer.sync

    def _make_steering(self, origin: Origin) -> None:
        """What changes the training on its way, and where a replay ends."""
        self.steering = Steering(
            self.course, self.module.network, self.folder, self.setting.channel,
            self.setting.clock, self.validation, origin.logged, origin.made,
        )  # fmt: skip
        self.steering.at_end = lambda trainer: self.checkpoints.save(
            trainer, self.folder.last_checkpoint, "last"
        )
        self.setting.control.until = origin.until

    def _make_generation(self, recipe: Recipe) -> Generation | None:
        if not writes_samples(recipe):
            return None
        setting = self.setting
        return Generation(
            self.course, setting.splits, self.folder, setting.channel, setting.clock,
            self.validation,
        )  # fmt: skip

    def _callbacks(self, recipe: Recipe) -> list[pl.Callback]:
        """The order matters: docs/architecture.md says why."""
        training = recipe.training
        made = [ExactState(self.loader, training.accumulate), self.recorder, self.validation,
                self.generation, self.checkpoints, self.steering,
                self.loggers if training.loggers else None, self.setting.control]  # fmt: skip
        return [callback for callback in made if callback is not None]

    @property
    def plan(self) -> Plan:
        """How much there is to do, as it is now."""
        return self.course.plan

    def _fitting(self, origin: Origin) -> dict[str, Any]:
        content = origin.content
        if not origin.own:
            content = forked(content, self.module, origin.recipe)
        return fitted(content, self.module)

    def _learned(self, splits: Splits, content: dict[str, Any] | None) -> Splits:
        """What the training sees: the samples, or their features where only the head learns."""
        recipe = self.course.recipe
        if not only_head_learns(recipe):
            self._normalise_ahead(splits)
            return splits
        if reason := why_not(recipe):
            logger.info("The frozen backbone sees every sample in every epoch: %s", reason)
            return splits
        if content is not None:
            self.module.load_state_dict(content["state_dict"])
        self.module.to(self.setting.resolved.device)
        found = with_features(splits, self.module, self.setting.preparing)
        self.loader.learn_from(found.train)
        self.module.by_features = True
        logger.info("The features of the frozen backbone were computed once")
        return found

    def _normalise_ahead(self, splits: Splits) -> None:
        """Own steps and hooks see batches as they always are."""
        plain = type(self.module) is TrainingModule
        if plain and may_be_ahead(self.course.recipe, splits, self.setting.resolved.device):
            self.loader.learn_from(normalised(splits.train, splits.preprocess))
            self.module.normalised = True

    def _extend(self, epochs: int) -> None:
        """An intervention at the very end: so many epochs more than were trained."""
        origin, before, plan = self.setting.origin, self.course.recipe, self.plan
        done, step = int(origin.position["done"]), int(origin.position["step"])
        if before.training.steps is not None:
            path, old = "training.steps", before.training.steps
            new = step + epochs * plan.steps_per_epoch
        else:
            path, old = "training.epochs", before.training.epochs
            new = -(-done // plan.batches) + epochs
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        seconds = float(origin.position["seconds"])
        intervention = Intervention(
            step, done, done / plan.batches, seconds, now, (Change(path, old, new),)
        )
        origin.logged = with_intervention(origin.logged, intervention)
        self.course.take(changed(before, intervention.values))

    def _take_up(self, origin: Origin) -> None:
        """From now on the folder says that this process trains it. Raises OSError, and has changed
        nothing when the disk is full. A run that goes on is finished no longer before anything
        else of it changes: the process may be killed on the way."""
        self.circumstances.write()
        self.folder.summary_file.unlink(missing_ok=True)
        if isinstance(origin.begin, Extend):
            write_interventions(self.folder.path, origin.logged)
        if isinstance(origin.begin, Resume) and origin.begin.checkpoint is not None:
            set_aside_later(self.folder, origin.begin.checkpoint)

    def _open_metrics(self) -> MetricWriter:
        """The writer of this run's metrics; what is on disk already is read."""
        log, origin = self.setting.channel.log, self.setting.origin
        writer = MetricWriter(log, self.folder.path, self.keeper)
        earlier = cut_back(self.folder.path, int(origin.position["metrics_length"]))
        for name in earlier.names():
            log.open(name).extend(earlier.series(name).since())
        writer.take_over()
        return writer

    # --- The course of it ------------------------------------------------------------------------

    def start(self) -> None:
        """Fit to the end. Raises what ends it."""
        channel, origin = self.setting.channel, self.setting.origin
        progress = channel.progress
        progress.epochs, progress.batches = self.plan.epochs, self.plan.batches
        progress.total_steps, progress.phase = self.plan.total_steps, "training"
        channel.tell(self._started())
        self.circumstances.tell_not_compiled()
        self.checkpoints.start()
        self.writer.start()
        self.setting.clock.start()
        self.trainer.fit(self.module, self.loader, ckpt_path=origin.checkpoint, weights_only=True)
        self.recorder.flush()
        self.module.to(self.setting.resolved.device)  # Lightning's teardown moved it to the CPU
        self.fitted = True
        if self.validation.pending:
            # resumed after its very last batch: there was nothing to fit, but this was still due
            self.validation.on_train_start(self.trainer, self.module)
            if self.generation is not None:
                self.generation.on_train_start(self.trainer, self.module)
            self.checkpoints.on_train_start(self.trainer, self.module)
        self.checkpoints.fit_is_over(self.trainer)

    def _write_again(self) -> None:
        """The small files of a run folder that somebody deleted; the recipe last, since a folder
        with a recipe counts as whole. Raises OSError."""
        self.circumstances.write()
        if self.steering.history:
            write_interventions(self.folder.path, self.steering.history)
        base: Recipe = self.setting.origin.recipe
        write_atomically(self.folder.recipe_file, base.to_yaml().encode())

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
        """Everything recorded so far is in the file; its length goes into the checkpoint."""
        self.recorder.flush()
        return self.writer.mark()

    def keep_state(self, reason: str) -> Problem | None:
        """Write `last.ckpt`; a problem when that failed. After the fit it is there already."""
        if self.fitted:
            return None
        return self.checkpoints.save_now(self.trainer, self.folder.last_checkpoint, reason)

    def latest_metrics(self) -> dict[str, float]:
        """The last value of each validation metric (a run that did not reach its end)."""
        log = self.setting.channel.log
        names = [name for name in log.names() if name.startswith("val_") and len(log.series(name))]
        return {name: float(log.series(name).since()[-1]["value"]) for name in names}

    def close(self) -> None:
        """End the writers, the loggers and the worker processes."""
        ends = (self.loader.close, self.recorder.end, self.writer.end, self.checkpoints.end,
                self.loggers.close)  # fmt: skip
        for end in ends:
            try:
                end()
            except Exception:
                logger.exception("Closing the training failed")


def _loader(recipe: Recipe, splits: Splits) -> TrainLoader:
    """Batches in the recipe's order, changed as it says."""
    training = recipe.training
    return TrainLoader(
        splits.train, training.batch_size, training.seed, training.workers,
        Augment.of(recipe, splits.preprocess), order_of(training.balance, splits.train),
    )  # fmt: skip


def _begin_with(weights: Matched, module: TrainingModule) -> None:
    """Weights from elsewhere; the average begins with the same."""
    for network in (module.network, module.average):
        if network is not None:
            weights.put_into(network)
