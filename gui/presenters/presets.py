"""Opening, saving and remembering recipe files; asks nobody, so that it can be tested."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine import paths, presets
from engine.presets import Preset
from engine.problems import ProblemError
from engine.recipe import Recipe
from engine.runs.atomic import write_atomically
from engine.runs.folder import RunFolder
from gui import texts
from gui.presenters.availability import YES, Availability, no
from gui.presenters.messages import Messages
from gui.presenters.recipe import RecipePresenter

RECENT = 8
BEGINNINGS = ("digits_cnn", "mnist_cnn", "iris_mlp")
"""What a newcomer may begin with: pictures in seconds, more pictures, a table."""


@dataclass(frozen=True)
class Origin:
    """Where the open recipe came from; without a path it has never been saved."""

    path: Path | None = None
    shipped: bool = False
    comment: str = ""


class PresetsPresenter(QObject):
    """The file behind the recipe."""

    changed = Signal()
    """The title, the file or the recent files are others."""
    opened = Signal()
    """Another recipe has been opened."""
    refused = Signal(str, list)
    """Something could not be opened: what it is called, and its Problems."""

    def __init__(
        self,
        recipe: RecipePresenter,
        messages: Messages,
        origin: Origin | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._recipe = recipe
        self._messages = messages
        self._origin = origin or Origin()
        self._recent = _read_recent()
        recipe.changed.connect(self.changed)
        recipe.saved.connect(self.changed)

    # --- Reading -----------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """The recipe's own name, with a star while there is something to save."""
        name = str(self._recipe.get("name") or "untitled")
        return f"{name} *" if self._recipe.modified else name

    @property
    def origin(self) -> Origin:
        """Where the open recipe came from."""
        return self._origin

    @property
    def recent(self) -> list[Path]:
        """The files opened or saved last, newest first, as far as they exist."""
        return [path for path in self._recent if path.is_file()]

    @property
    def comment(self) -> str:
        """What the open file says about itself."""
        return self._origin.comment

    def listing(self) -> list[Preset]:
        """All presets, shipped ones first; those of one title are told apart by their files."""
        listed = presets.list_presets()
        count = Counter(preset.title for preset in listed)
        return [
            replace(preset, title=f"{preset.title} ({preset.name})")
            if count[preset.title] > 1 and preset.title != preset.name
            else preset
            for preset in listed
        ]

    def welcoming(self) -> list[Preset]:
        """The presets to begin with; all there are, where one of those cannot be used."""
        try:
            found = [presets.find(name) for name in BEGINNINGS]
        except ProblemError:
            return self.listing()
        return self.listing() if any(preset.problem for preset in found) else found

    def can_save(self) -> Availability:
        """Whether there is something to save that can be read back."""
        problems = self._recipe.problems
        if problems:
            return no(f"There is a problem in {texts.place(problems[0].path)}; mend it first")
        if not self._recipe.modified and self._origin.path is not None:
            return no("Nothing has changed")
        return YES

    @property
    def needs_name(self) -> bool:
        """Whether saving needs a new file: shipped presets stay as they are."""
        return self._origin.path is None or self._origin.shipped

    def suggested_path(self) -> Path:
        """Where a new file would go: the user's own presets, beside the shipped ones and not in
        the place of one."""
        stem = _file_stem(str(self._recipe.get("name") or "untitled"))
        taken = any(preset.shipped and preset.name == stem for preset in presets.list_presets())
        return presets.user_path(f"my_{stem}" if taken else stem)

    # --- Acting ------------------------------------------------------------------------------

    def open(self, name_or_path: str) -> bool:
        """Open a preset by name, or any recipe file by path; problems are said, not raised."""
        try:
            preset = presets.find(name_or_path)
            recipe = preset.recipe()
        except ProblemError as error:
            self.refuse(Path(name_or_path).name, error)
            return False
        self._take(recipe, Origin(preset.path, preset.shipped, preset.description))
        self._remember(preset.path)
        return True

    def open_run(self, folder: RunFolder) -> bool:
        """Open the recipe of a run; saving it makes a new preset."""
        try:
            recipe = folder.recipe()
        except ProblemError as error:
            self.refuse(folder.path.name, error)
            return False
        self.open_recipe(recipe)
        return True

    def open_recipe(self, recipe: Recipe) -> None:
        """Open a recipe that has no file; saving it makes a new preset."""
        self._take(recipe, Origin())

    def detach(self) -> None:
        """The recipe is no longer that of the file: saving it makes a new one."""
        self._origin = Origin()
        self.changed.emit()

    def refuse(self, name: str, error: ProblemError) -> None:
        """Say every problem, and last of all, where it is seen, what they were in the way of."""
        self._messages.problems(error)
        count = len(error.problems)
        why = f"{count} problems, see the log" if count > 1 else str(error.problems[0])
        self._messages.say(f"{name} could not be opened: {why}", "error")
        self.refused.emit(name, list(error.problems))

    def save(self) -> bool:
        """Save to the file it came from; False when it needs a name or cannot be written."""
        path = self._origin.path
        return not self.needs_name and path is not None and self.save_as(path)

    def save_as(self, path: Path) -> bool:
        """Save to a file, with the comment of the one it came from."""
        recipe = self._recipe.recipe
        if recipe is None:
            self._messages.say(self.can_save().why, "warning")
            return False
        target = path if path.suffix.lower() in presets.SUFFIXES else Path(f"{path}.yaml")
        try:
            name = self._name_for(target)
            presets.save(recipe.model_copy(update={"name": name}), target, self._origin.comment)
        except ProblemError as error:
            self._messages.problems(error)
            return False
        shipped = paths.bundled("presets") in target.parents
        self._origin = Origin(target, shipped, self._origin.comment)
        self._remember(target)
        self._recipe.set("name", name)
        self._recipe.mark_saved()
        self._messages.say(f"Saved {target.name}", "good")
        return True

    def revert(self) -> None:
        """Back to what was opened or saved; undo brings the edits back."""
        self._recipe.revert()

    # --- Inner workings ----------------------------------------------------------------------

    def _name_for(self, target: Path) -> str:
        """The name of a recipe that is saved to `target`: a copy is not called as its source."""
        name, source = str(self._recipe.get("name") or ""), self._recipe.opened.value("name")
        is_copy = self._origin.path is not None and target != self._origin.path
        if not is_copy or name != source or target.stem == _file_stem(name):
            return name
        return target.stem.replace("_", " ")

    def _take(self, recipe: Recipe, origin: Origin) -> None:
        self._origin = origin
        self._recipe.open(recipe)
        self.opened.emit()
        self.changed.emit()

    def _remember(self, path: Path) -> None:
        path = path.absolute()
        if self._recent[:1] == [path]:
            return  # as after most starts: there is nothing to write
        self._recent = [path, *(other for other in self._recent if other != path)][:RECENT]
        text = json.dumps({"recent": [str(recent) for recent in self._recent]}, indent=2)
        try:
            _recent_file().parent.mkdir(parents=True, exist_ok=True)
            write_atomically(_recent_file(), f"{text}\n".encode())
        except OSError as error:
            reason = error.strerror or str(error)
            self._messages.say(f"The list of recent files was not kept: {reason}", "warning")


def _file_stem(name: str) -> str:
    """A name as a file name that no shell stumbles over: `Digits, CNN` as `digits_cnn`."""
    return re.sub(r"[^\w.-]+", "_", name.lower()).strip("_") or "untitled"


def _recent_file() -> Path:
    return paths.home() / "recent.json"


def _read_recent() -> list[Path]:
    """An unreadable list is an empty one: it is only a convenience."""
    try:
        data = json.loads(_recent_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    listed = data.get("recent", []) if isinstance(data, dict) else []
    return [Path(entry) for entry in listed if isinstance(entry, str)]
