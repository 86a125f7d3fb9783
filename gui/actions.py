"""Every action of the window: one table of texts, icons and keys, from which all else follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QIcon, QKeySequence
from PySide6.QtWidgets import QWidget

from gui.presenters.availability import Availability
from gui.theme import Theme


@dataclass(frozen=True)
class Spec:
    """One action. `keys` are window-wide shortcuts; `held_keys` are obeyed by the window only
    while no entry has the focus, and are shown in tooltips alike. `listed` ones are offered by
    the command palette."""

    name: str
    text: str
    tip: str
    icon: str = ""
    keys: tuple[str, ...] = ()
    held_key: str = ""
    group: str = ""
    listed: bool = True


SPECS = (
    Spec("start", "Start", "Train this recipe", "play", ("Ctrl+Enter", "Ctrl+Return")),
    Spec("pause", "Pause", "Hold after the batch in progress", "pause", held_key="Space"),
    Spec("step", "Step", "Train exactly one batch", "step", held_key="Right"),
    Spec("stop", "Stop", "End after the batch in progress and keep the state", "stop", ("Ctrl+.",)),
    Spec(
        "checkpoint", "Checkpoint", "Keep this moment in the run folder", "checkpoint",
        ("Ctrl+Shift+C",),
    ),
    Spec(
        "export", "Export", "Write the model for other programs", "export", ("Ctrl+E",),
        listed=False,
    ),
    Spec("resume_run", "Resume", "Go on with this run from its newest checkpoint", "play"),
    Spec("resume_older", "Resume from the one before", "Go on from the newest checkpoint that is"
         " whole", "play", listed=False),
    Spec("extend", "Train more epochs…", "Go on with this finished run", "play"),
    Spec("fork", "Fork…", "A new run that begins with a checkpoint of this one", "fork"),
    Spec(
        "apply", "Apply now", "Give the edits to the training that runs", "done",
        ("Ctrl+Shift+Return", "Ctrl+Shift+Enter"),
    ),
    Spec("resume_interrupted", "Resume", "Go on with the interrupted run", listed=False),
    Spec("show_interrupted", "Show", "See what there is of it", listed=False),
    Spec("put_aside", "Not now", "Do not ask about it again", listed=False),
    Spec("open", "Open…", "Open a recipe file", "folder", ("Ctrl+O",)),
    Spec("open_data_folder", "Open a folder of data…", "See what a folder holds and train on it",
         "folder", ("Ctrl+Shift+D",)),
    Spec("open_data_file", "Open a data file…", "See what a file holds and train on it", "folder",
         ("Ctrl+D",)),
    Spec("save", "Save", "Save the recipe to its file", "save", ("Ctrl+S",)),
    Spec("save_as", "Save as…", "Save the recipe to a new file", "save", ("Ctrl+Shift+S",)),
    Spec("revert", "Revert", "Back to what was opened or saved", "reset"),
    Spec("undo", "Undo", "Take back the last change of the recipe", "undo", ("Ctrl+Z",)),
    Spec("redo", "Redo", "Do again what was undone", "redo", ("Ctrl+Shift+Z", "Ctrl+Y")),
    Spec("commands", "Commands…", "Find any command or preset", "search", ("Ctrl+K",),
         listed=False),
    Spec("show_live", "Show live plots", "The curves of the training", "chart", ("Ctrl+1",)),
    Spec("show_data", "Show data", "Samples and classes", "", ("Ctrl+2",)),
    Spec("show_model", "Show model", "The network layer by layer", "", ("Ctrl+3",)),
    Spec("show_runs", "Show runs", "Every run there is: find, compare, go on", "", ("Ctrl+4",)),
    Spec("show_log", "Show log", "What happened, line by line", "", ("Ctrl+5",)),
    Spec("fold", "Fold all sections", "Every section of the recipe in one line"),
    Spec("unfold", "Unfold all sections", "All options of the recipe"),
    Spec("open_run", "Open the run folder", "Checkpoints, metrics and log of this run", "folder"),
    Spec("theme_system", "Theme: as the system", "Follow the system", group="theme"),
    Spec("theme_light", "Theme: light", "Dark text on white", group="theme"),
    Spec("theme_dark", "Theme: dark", "Light text on grey", group="theme"),
    Spec("quit", "Quit", "Close the window", "close", ("Ctrl+Q",)),
)  # fmt: skip


def shown_keys(spec: Spec) -> str:
    """The shortcut as the system writes it; empty when there is none."""
    keys = spec.held_key or next(iter(spec.keys), "")
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def tooltip(spec: Spec, tip: str, why: str = "") -> str:
    """`Train this recipe (Ctrl+Enter)`, and below it why it cannot be done now."""
    keys = shown_keys(spec)
    first = f"{tip} ({keys})" if keys else tip
    return f"{first}\n{why}." if why else first


class Actions(QObject):
    """The QActions by name."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self._specs = {spec.name: spec for spec in SPECS}
        self._icons: dict[str, tuple[str, str]] = {s.name: (s.icon, "text") for s in SPECS}
        self._groups: dict[str, QActionGroup] = {}
        self._actions = {spec.name: self._make(spec, window) for spec in SPECS}
        theme.changed.connect(self._tint)
        self._tint()

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def all(self) -> Iterable[tuple[Spec, QAction]]:
        """Every action with its declaration, in order."""
        return ((self._specs[name], action) for name, action in self._actions.items())

    def allow(self, name: str, possible: Availability, tip: str = "") -> None:
        """Switch an action on or off; off, its tooltip says why."""
        action, spec = self._actions[name], self._specs[name]
        action.setEnabled(possible.enabled)
        action.setToolTip(tooltip(spec, tip or spec.tip, possible.why))

    def rename(self, name: str, text: str, icon: str) -> None:
        """Another text and icon: Pause becomes Resume. The same icon is not set again: all that
        show the action would be laid out anew."""
        self._actions[name].setText(text)
        before, role = self._icons[name]
        if icon != before:
            self._icons[name] = (icon, role)
            self._actions[name].setIcon(self._icon(name))

    def tint(self, name: str, role: str) -> None:
        """The colour of an action's icon: on the primary button another than elsewhere."""
        if self._icons[name][1] != role:
            self._icons[name] = (self._icons[name][0], role)
            self._actions[name].setIcon(self._icon(name))

    def _make(self, spec: Spec, window: QWidget) -> QAction:
        action = QAction(spec.text, self)
        action.setObjectName(f"action.{spec.name}")
        action.setToolTip(tooltip(spec, spec.tip))
        action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
        if spec.group:
            action.setCheckable(True)
            self._groups.setdefault(spec.group, QActionGroup(self)).addAction(action)
        window.addAction(action)
        return action

    def _icon(self, name: str) -> QIcon:
        icon, role = self._icons[name]
        return self._theme.icon(icon, role) if icon else QIcon()

    def _tint(self) -> None:
        for name, action in self._actions.items():
            action.setIcon(self._icon(name))
