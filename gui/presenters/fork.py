"""Preparing a fork: a run's recipe as it was at a checkpoint, to be changed and then started."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.runs.checkpointfile import Checkpoint
from engine.runs.folder import RunFolder
from engine.runs.fork import cannot_carry_over, notes, recipe_at
from gui import texts
from gui.presenters.dotted import is_within
from gui.presenters.presets import PresetsPresenter
from gui.presenters.recipe import RecipePresenter
from gui.presenters.runs import stamped_checkpoints
from gui.presenters.training import TrainingPresenter


@dataclass(frozen=True)
class ForkView:
    """What is said of a fork in preparation. `choices` are checkpoints as (path, words)."""

    title: str
    choices: tuple[tuple[Path, str], ...]
    chosen: Path
    notes: tuple[str, ...]
    problem: str = ""
    """Why there is nothing left to train from that checkpoint."""


class ForkPresenter(QObject):
    """Until Start or cancel the open recipe is that of the fork: what its parent's state would
    not fit is a problem at the field."""

    changed = Signal()

    def __init__(
        self, training: TrainingPresenter, presets: PresetsPresenter, recipe: RecipePresenter
    ) -> None:
        super().__init__()
        self._training = training
        self._presets = presets
        self._recipe = recipe
        self._opening = False
        self._before: Recipe | None = None
        self._checkpoints: list[Checkpoint] = []
        self.parent_run: RunFolder | None = None
        self.checkpoint: Checkpoint | None = None
        training.began.connect(self.cancel)
        presets.opened.connect(self._on_opened)
        recipe.changed.connect(self._on_recipe_changed)

    @property
    def on(self) -> bool:
        """Whether a fork is being prepared."""
        return self.parent_run is not None

    def view(self) -> ForkView | None:
        """What to show of it; None while there is none."""
        if self.parent_run is None or self.checkpoint is None or self._before is None:
            return None
        wanted = self._recipe.recipe
        said = notes(self._before, wanted) if wanted is not None else []
        return ForkView(
            f"Fork of {texts.run_title(self.parent_run.name)}",
            tuple((c.path, describe(c)) for c in reversed(self._checkpoints)),
            self.checkpoint.path,
            tuple(said),
            self._nothing_left(),
        )

    # --- Acting --------------------------------------------------------------------------------

    def enter(self, parent: RunFolder, step: int | None = None) -> None:
        """Open the recipe that the run had at the checkpoint nearest to a step, or at its best or
        newest one. ProblemError when the run has none, or its recipe cannot be read."""
        checkpoints = stamped_checkpoints(parent)
        if not checkpoints:
            sentence = f"{parent.name} has no checkpoint to begin from"
            hint = "train it again with checkpoints every so many steps"
            raise ProblemError(Problem("checkpoint", sentence, hint))
        chosen = checkpoints[-1] if step is None else nearest_to(checkpoints, step)
        self._open(recipe_before(parent, chosen))
        self._checkpoints = checkpoints
        self.parent_run = parent
        self._settle(chosen)

    def choose(self, path: Path) -> None:
        """Begin with another checkpoint; sections of the recipe that were edited stay so."""
        chosen = next((c for c in self._checkpoints if c.path == path), None)
        if chosen is None or self.parent_run is None or self._before is None:
            return
        try:
            before = recipe_before(self.parent_run, chosen)
        except ProblemError as error:
            self._presets.refuse(path.name, error)
            return
        if before != self._before:
            old, new, now = self._before.as_data(), before.as_data(), self._recipe.data
            edited = {key: value for key, value in now.items() if value != old.get(key)}
            self._open(before)
            self._recipe.set_all({k: v for k, v in edited.items() if v != new.get(k)}, "fork")
        self._settle(chosen)

    def start(self) -> None:
        """Train the fork."""
        if self.parent_run is not None and self.checkpoint is not None:
            self._training.fork(self.parent_run, self.checkpoint.path)

    def cancel(self) -> None:
        """Prepare no fork any more; the recipe stays open as an ordinary one."""
        if self.on:
            self.parent_run = self.checkpoint = self._before = None
            self._recipe.judge_by(None)
            self.changed.emit()

    # --- Inner workings ------------------------------------------------------------------------

    def _open(self, recipe: Recipe) -> None:
        self._before = recipe
        self._opening = True
        self._presets.open_recipe(recipe)
        self._opening = False

    def _settle(self, checkpoint: Checkpoint) -> None:
        self.checkpoint = checkpoint
        self._recipe.judge_by(self._judge)
        self.changed.emit()

    def _judge(self, wanted: Recipe) -> list[Problem]:
        """Of a component that was chosen anew one problem is enough."""
        if self._before is None:
            return []
        moment = self.checkpoint.stamp if self.checkpoint is not None else None
        found = cannot_carry_over(self._before, wanted, moment)
        chosen = [p.path.removesuffix(".name") for p in found if p.path.endswith(".name")]
        return [
            problem
            for problem in found
            if problem.path.endswith(".name") or not any(is_within(problem.path, c) for c in chosen)
        ]

    def _nothing_left(self) -> str:
        ends = ("training.epochs", "training.steps")
        found = (p for path in ends for p in self._recipe.problems_at(path))
        return next((f"{problem.sentence}: {problem.hint}." for problem in found), "")

    def _on_opened(self) -> None:
        if not self._opening:
            self.cancel()

    def _on_recipe_changed(self) -> None:
        if self.on:
            self.changed.emit()


def describe(checkpoint: Checkpoint) -> str:
    """`step 1,200, epoch 5.2 (best)`."""
    stamp = checkpoint.stamp
    if stamp is None:
        return checkpoint.path.name
    epoch = texts.plain(round(stamp.epoch, 2))
    kind = {"last.ckpt": "newest", "best.ckpt": "best"}.get(checkpoint.path.name, "")
    return f"step {texts.whole(stamp.step)}, epoch {epoch}" + (f" ({kind})" if kind else "")


def nearest_to(checkpoints: list[Checkpoint], step: int) -> Checkpoint:
    """The one whose step is nearest."""
    return min(checkpoints, key=lambda c: abs(c.stamp.step - step) if c.stamp else step)


def recipe_before(parent: RunFolder, checkpoint: Checkpoint) -> Recipe:
    """The parent's recipe at that moment. ProblemError if it cannot be read."""
    return recipe_at(parent, checkpoint.stamp.batch if checkpoint.stamp is not None else None)
