"""What a training begins with: its folder, a checkpoint or none, what was changed so far."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.live import changed, flat
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.runs import owncode
from engine.runs.atomic import write_atomically
from engine.runs.checkpointfile import is_cut_off, list_checkpoints, read_stamp, verified
from engine.runs.folder import RunFolder, create_run
from engine.runs.interventions import Intervention, read_interventions, write_interventions
from engine.training.begin import Begin, Extend, Fork, New, Replay, Resume
from engine.training.loading import load_checkpoint, parse_checkpoint, renewed
from engine.training.resolve import Resolved, recorded, resolve

LATER = "later"
"""Where checkpoints are put when the run goes back to an earlier one."""

_HARMLESS = ("name", "notes", "training.workers", "training.device", "training.threads",
             "training.checkpoint_", "training.keep_checkpoints", "training.when_not_saved",
             "training.loggers")  # fmt: skip
"""Settings that change no number of a run that goes on; device and threads are recorded."""


@dataclass
class Origin:
    """`checkpoint` and `content` are of the moment that the training begins with, if it does not
    begin at the beginning; `own` if that moment is of this very run and not of a fork's parent.

    `source` is the folder whose environment counts; `folder` is None until a new one was made.
    `archive` are the checkpoint's bytes if a new run is to keep them: its file may be replaced by
    another moment's meanwhile. `until` is the batch after which a replay of a stopped run ends.
    """

    begin: Begin
    recipe: Recipe
    source: RunFolder | None = None
    folder: RunFolder | None = None
    checkpoint: Path | None = None
    content: dict[str, Any] = field(default_factory=dict)
    archive: bytes = b""
    own: bool = True
    logged: list[Intervention] = field(default_factory=list)
    until: int | None = None
    code: owncode.OwnCode = field(default_factory=dict)

    @property
    def continues(self) -> bool:
        """Whether an earlier run goes on in its own folder."""
        return isinstance(self.begin, Resume | Extend)

    @property
    def position(self) -> Mapping[str, Any]:
        """What the checkpoint says of its moment: `done` batches, `step`, `metrics_length`."""
        if not self.content:
            return {"done": 0, "step": 0, "metrics_length": 0}
        position: Mapping[str, Any] = self.content["callbacks"]["Checkpoints"]
        return position

    @property
    def made(self) -> int:
        """How many of the logged interventions the checkpoint knows of."""
        state = self.content.get("callbacks", {}).get("Steering", {}) if self.own else {}
        return int(state.get("made", 0))

    def recipe_at_start(self) -> Recipe:
        """The recipe with every intervention made until the moment of the checkpoint."""
        recipe = self.recipe
        for number, intervention in enumerate(self.logged):
            if number < self.made or (self.content and intervention.batch <= self.position["done"]):
                recipe = changed(recipe, intervention.values)
        return recipe

    def resolved(self) -> Resolved:
        """What the source was made with; found out for this machine without one."""
        now = resolve(self.recipe)
        if self.source is None:
            return now
        before = recorded(self.source.environment().get("resolved"), now)
        same_wish = isinstance(self.begin, Resume | Extend | Replay) or _same_wish(
            self.source.recipe(), self.recipe
        )
        return before if same_wish else now

    def check_fingerprint(self, fingerprint: str) -> None:
        """Raises ProblemError when the data is not what the source was trained on."""
        known = self.source.environment().get("dataset_fingerprint") if self.source else None
        if known and known != fingerprint:
            sentence = "The data is not the same as when the run was made"
            hint = "bring back the data as it was, or start a new run with it"
            raise ProblemError(Problem("dataset", sentence, hint))

    def check_weights(self, sha256: str) -> None:
        """Raises ProblemError when a run is repeated with other weights than it began with."""
        before = self.source.environment().get("weights") if self.source else None
        if isinstance(before, dict) and before.get("sha256") not in (None, sha256):
            sentence = "The file of weights is not the same as when the run was made"
            hint = "bring back the file as it was, or start a new run with it"
            raise ProblemError(Problem("architecture.weights", sentence, hint))

    def take_code(self) -> None:
        """Read the person's own code that the recipe runs. Raises ProblemError when it may not run,
        or an earlier run that goes on or is repeated was made with other code."""
        self.code = owncode.of_recipe(self.recipe)
        if self.source is not None and isinstance(self.begin, Resume | Extend | Replay):
            owncode.check_same(self.source.environment(), self.code)

    def make_folder(self, runs_dir: Path) -> RunFolder:
        """The run's own folder, with what a fork or replay takes over. Raises ProblemError."""
        if self.folder is None:
            self.folder = create_run(runs_dir, self.recipe, self._take_over)
        return self.folder

    def _take_over(self, folder: RunFolder) -> None:
        """The person's own code; the checkpoint, and the curves until its moment: it says how many
        bytes that is."""
        owncode.keep(folder, self.code)
        if self.checkpoint is not None:
            assert self.source is not None
            write_atomically(folder.fork_checkpoint, self.archive)
            self.checkpoint = folder.fork_checkpoint
            for name in ("metrics.json", "metrics.bin"):
                if (self.source.path / name).is_file():
                    shutil.copyfile(self.source.path / name, folder.path / name)
        if self.logged:
            write_interventions(folder.path, self.logged)

    def lineage(self) -> dict[str, Any] | None:
        """The entry `parent` of the environment: where a fork or replay comes from."""
        if isinstance(self.begin, New):
            return None
        assert self.source is not None
        if self.continues:
            parent = self.source.environment().get("parent")
            return parent if isinstance(parent, dict) else None
        kind = "fork" if isinstance(self.begin, Fork) else "replay"
        checkpoint = self.begin.checkpoint.name if isinstance(self.begin, Fork) else ""
        return {
            "kind": kind,
            "run": self.source.name,
            "path": str(self.source.path),
            "step": int(self.position["step"]),
            "batch": int(self.position["done"]),
            "checkpoint": checkpoint,
        }


def find_origin(begin: Begin, recipe: Recipe) -> Origin:
    """Read what the training begins with. Raises ProblemError when it cannot be begun so."""
    if isinstance(begin, Resume):
        return _resumed(begin, begin.folder, recipe, begin.checkpoint)
    if isinstance(begin, Extend):
        return _extended(begin, recipe)
    if isinstance(begin, Fork):
        origin = Origin(begin, recipe, begin.parent)
        _take_up(origin, begin.checkpoint)
        return origin
    if isinstance(begin, Replay):
        return _replayed(begin, recipe)
    return Origin(begin, recipe)


def _take_up(origin: Origin, checkpoint: Path) -> None:
    """Begin with a state that another run had. Raises ProblemError."""
    origin.checkpoint, origin.own = checkpoint, False
    origin.archive = verified(checkpoint)
    origin.content = parse_checkpoint(checkpoint, origin.archive)
    if "recipe" not in origin.content and origin.source is not None:
        origin.archive = renewed(origin.content, origin.source)


def _resumed(begin: Begin, folder: RunFolder, recipe: Recipe, chosen: Path | None) -> Origin:
    origin = Origin(begin, recipe, folder, folder, chosen or newest_checkpoint(folder))
    origin.logged = read_interventions(folder.path)
    if origin.checkpoint is not None:
        origin.content = load_checkpoint(origin.checkpoint)
        origin.own = origin.checkpoint.name != folder.fork_checkpoint.name
        _check_recipe(origin)
    return origin


def _check_recipe(origin: Origin) -> None:
    """Raises ProblemError when the checkpoint was made with other settings, by another run or
    before somebody changed the recipe. Format 1 did not keep them."""
    if not origin.own or "recipe" not in origin.content:
        return
    recipe = origin.recipe
    for intervention in origin.logged[: origin.made]:
        recipe = changed(recipe, intervention.values)
    wanted = flat(recipe.as_data())
    saved = flat(Recipe.parse(origin.content["recipe"], whole=True).as_data())
    other = [
        path
        for path in {**wanted, **saved}
        if wanted.get(path) != saved.get(path) and not path.startswith(_HARMLESS)
    ]
    if other:
        assert origin.checkpoint is not None
        sentence = f"{origin.checkpoint.name} was made with other settings: {', '.join(other)}"
        hint = "was recipe.yaml changed? Put it back, and fork the run to train with others"
        raise ProblemError(Problem("recipe", sentence, hint))


def _extended(begin: Extend, recipe: Recipe) -> Origin:
    folder = begin.folder
    if folder.summary().get("status") != "finished":
        sentence = f"{folder.name} is not finished"
        raise ProblemError(Problem("run", sentence, "resume it first, and extend it then"))
    if not folder.last_checkpoint.is_file():
        sentence = f"{folder.name} has no last.ckpt to go on from"
        raise ProblemError(Problem("run", sentence, "start a new run with more epochs"))
    return _resumed(begin, folder, recipe, folder.last_checkpoint)


def _replayed(begin: Replay, recipe: Recipe) -> Origin:
    folder = begin.of
    origin = Origin(begin, recipe, folder, logged=read_interventions(folder.path))
    if folder.fork_checkpoint.is_file():
        _take_up(origin, folder.fork_checkpoint)
    origin.until = _stopped_after(folder)
    return origin


def _stopped_after(folder: RunFolder) -> int | None:
    """The batch after which a run was stopped; None if it was not, or does not say."""
    summary = folder.summary()
    if summary.get("status") != "stopped":
        return None
    if isinstance(summary.get("batches"), int):
        return int(summary["batches"])
    if not folder.last_checkpoint.is_file():
        return None
    content = load_checkpoint(folder.last_checkpoint)  # of format 1
    return int(content["callbacks"]["Checkpoints"]["done"])


def newest_checkpoint(folder: RunFolder) -> Path | None:
    """The latest state of a run: of last, best and all others. A last one that is damaged is
    given as it is: whoever loads it says so, and which one may be used instead."""
    last, fork = folder.last_checkpoint, folder.fork_checkpoint
    if is_cut_off(last):
        return last
    known = [c for c in list_checkpoints(folder) if c.stamp is not None]
    if known:
        return known[-1].path
    return next((path for path in (last, fork) if path.is_file()), None)


def set_aside_later(folder: RunFolder, chosen: Path) -> None:
    """A run that goes back to an earlier checkpoint makes the later ones anew; those there are
    must not be taken for its own future, and go to a folder beside. Raises OSError."""
    stamp = read_stamp(chosen)
    until = stamp.batch if stamp is not None else -1
    for checkpoint in list_checkpoints(folder):
        if checkpoint.path in (chosen, folder.fork_checkpoint) or 0 <= checkpoint.batch <= until:
            continue
        aside = folder.checkpoints / LATER
        aside.mkdir(exist_ok=True)
        os.replace(checkpoint.path, aside / checkpoint.path.name)


_RESOLVED = ("device", "precision", "threads", "compile", "memory_format")


def _same_wish(before: Recipe, after: Recipe) -> bool:
    """Whether what was decided for one recipe holds for the other: no two optimizers have the same
    ways to make a step."""
    a, b = before.training, after.training
    made = [
        (recipe.optimizer.name, getattr(recipe.optimizer, "implementation", ""))
        for recipe in (before, after)
    ]
    same = all(getattr(a, name) == getattr(b, name) for name in _RESOLVED)
    return same and made[0] == made[1]
