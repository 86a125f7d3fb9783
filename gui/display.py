"""Keeps actions, toolbar, strips and panels in step with what the presenters say."""

from __future__ import annotations

from PySide6.QtCore import QObject

from engine.training import events as e
from engine.wording import counted
from gui import texts
from gui.actions import Actions
from gui.desk import Desk
from gui.frames import FrameTimer
from gui.panels.centre import Centre
from gui.panels.progress import ProgressStrip
from gui.panels.recipe import RecipePanel
from gui.panels.status import StatusStrip
from gui.panels.toolbar import Toolbar
from gui.presenters.availability import YES, Availability, no
from gui.presenters.banners import banner_for, trained_name
from gui.presenters.consent import only_asked
from gui.presenters.possible import State
from gui.presenters.progress import ProgressView

_WORDS = {
    State.IDLE: ("Ready", "", "start"),
    State.PREPARING: ("Preparing", "", ""),
    State.RUNNING: ("Running", "", "pause"),
    State.PAUSED: ("Paused", "warning", "pause"),
    State.STOPPING: ("Stopping…", "warning", ""),
    State.FINISHED: ("Finished", "good", "start"),
    State.STOPPED: ("Stopped", "", "start"),
    State.FAILED: ("Failed", "error", "start"),
    State.INTERRUPTED: ("Interrupted", "warning", "start"),
    State.FOLLOWED: ("Followed", "", ""),
}
"""Of each state: the word, its level, the primary action."""


_STEERING = (
    "start", "pause", "step", "stop", "checkpoint", "export", "resume_run", "extend", "fork",
)  # fmt: skip
_MOVING = frozenset({State.PREPARING, State.RUNNING, State.STOPPING, State.FOLLOWED})
_NAMED = frozenset({State.FINISHED, State.STOPPED, State.FAILED, State.INTERRUPTED, State.FOLLOWED})
_POLL_EVERY = 5
"""Frames from one look at what another process has written to the next: four a second."""
_FIGURES_EVERY = 5
"""Frames from one change of the progress strip to the next: it lays out its line anew."""
_NAME_LENGTH = 28


class Display(QObject):
    """Decides nothing: asks the presenters and tells the widgets."""

    def __init__(
        self,
        desk: Desk,
        actions: Actions,
        toolbar: Toolbar,
        strips: tuple[ProgressStrip, StatusStrip],
        panels: tuple[RecipePanel, Centre],
    ) -> None:
        super().__init__(toolbar)
        self._desk = desk
        self._actions = actions
        self._toolbar = toolbar
        self._progress, self._status = strips
        self._recipe, self._centre = panels
        self._frames = 0
        self._frame = FrameTimer(self)
        self._frame.due.connect(self._on_frame)
        desk.training.changed.connect(self._on_training_changed)
        desk.training.happened.connect(self._on_happened)
        desk.recipe.changed.connect(self._on_recipe_changed)
        desk.recipe.saved.connect(self._on_recipe_changed)
        desk.presets.changed.connect(self._on_presets_changed)
        desk.model.changed.connect(self._on_model_changed)
        desk.exports.changed.connect(self._on_training_changed)
        desk.messages.said.connect(self._status.show_message)
        desk.training.began.connect(self._status.clear_message)
        desk.steering.changed.connect(self._on_steering_changed)
        desk.fork.changed.connect(self._on_training_changed)
        desk.marking.marked.connect(self._on_marked)
        desk.training.began.connect(desk.marking.begin)  # after the curves were cleared
        self._on_recipe_changed()
        self._on_presets_changed()
        self._on_training_changed()

    # --- Training ------------------------------------------------------------------------------

    def _on_training_changed(self) -> None:
        training = self._desk.training
        for name in _STEERING:
            self._actions.allow(name, self._possible(name), self._tip(name))
        paused = training.state is State.PAUSED
        self._actions.rename(
            "pause", "Resume" if paused else "Pause", "play" if paused else "pause"
        )
        self._name_start()
        self._actions.allow("open_run", YES if training.run else no("There is no run yet"))
        primary = _WORDS[training.state][2]
        self._show_word()
        self._toolbar.show_primary(primary if self._actions[primary or "start"].isEnabled() else "")
        self._recipe.set_running(training.active)
        self._show_device()
        self._centre.show_state()
        self._name_older()
        self._run_frames()

    def _name_start(self) -> None:
        """Start says "again" only while it would train the very recipe that was trained."""
        if self._desk.fork.on:
            self._actions.rename("start", "Start fork", "play")
            return
        training = self._desk.training
        ended = training.run is not None and training.state in _NAMED - {State.FOLLOWED}
        again = ended and training.trained == self._desk.recipe.recipe
        self._actions.rename("start", "Run again" if again else "Start", "play")

    def _name_older(self) -> None:
        """After a damaged checkpoint the button names the one to go on from."""
        view = banner_for(self._desk.training)
        if view is not None and view.checkpoint is not None:
            self._actions.rename("resume_older", f"Resume from {view.checkpoint.name}", "play")

    def _show_word(self) -> None:
        training = self._desk.training
        word, level, _primary = _WORDS[training.state]
        if training.pausing:
            word = "Pausing…"
        elif training.state is State.IDLE and self._desk.recipe.problems:
            asks = only_asked(self._desk.recipe.problems)
            word, level = ("Asks before it starts", "") if asks else ("Not ready", "error")
        elif training.state in _NAMED and (name := trained_name(training)):
            word = f"{word}: {texts.shortened(name, _NAME_LENGTH)}"
        self._progress.show_state(word, level)

    def _possible(self, name: str) -> Availability:
        if name == "export" and self._desk.exports.busy:
            return no("A file is being written")
        return self._desk.training.can(name)

    def _tip(self, name: str) -> str:
        """The tooltips that change with the state."""
        training = self._desk.training
        if name == "pause" and training.state is State.PAUSED:
            return "Go on exactly where the training is held"
        if name == "stop" and training.state is State.PREPARING:
            return "Cancel"
        return ""

    def _show_device(self) -> None:
        started = self._desk.training.started
        if started is None:
            self._status.show_device(str(self._desk.recipe.get("training.device")))
            return
        threads = counted(started.threads, "thread")
        self._status.show_device(f"{started.device}, {threads}")

    def _on_happened(self, event: e.Event) -> None:
        best = self._desk.training.best
        if isinstance(event, e.Evaluated) and event.best and best is not None:
            metric = next(iter(event.metrics), "")
            self._centre.live.mark_best(event.epoch, event.step, event.metrics.get(metric, 0.0))

    def _on_marked(self, step: int, text: str) -> None:
        self._centre.live.add_marker(step, text)

    def _on_steering_changed(self) -> None:
        self._actions.allow("apply", self._desk.steering.can_apply())

    # --- Frames --------------------------------------------------------------------------------

    def _run_frames(self) -> None:
        """Frames only while something moves; one more whenever the state has changed."""
        self._frame.run(self._desk.training.state in _MOVING)
        self._show_now()

    def _on_frame(self) -> None:
        training = self._desk.training
        self._frames += 1
        if training.state is State.FOLLOWED and self._frames % _POLL_EVERY == 0:
            training.poll()
            self._desk.samples.poll()
        if self._frames % _FIGURES_EVERY == 0:
            self._show_progress()
        self._centre.live_page.refresh()

    def _show_now(self) -> None:
        self._show_progress()
        self._centre.live_page.refresh()

    def _show_progress(self) -> None:
        training = self._desk.training
        idle = training.channel is None or training.state is State.IDLE
        self._progress.show_progress(self._prospect() if idle else training.progress())

    def _prospect(self) -> ProgressView:
        """Before the first start: what Start would do."""
        recipe = self._desk.recipe.recipe
        if recipe is None:
            if only_asked(self._desk.recipe.problems):
                return ProgressView("Start shows your own code and asks whether it may run")
            count = len(self._desk.recipe.problems)
            return ProgressView(f"{counted(count, 'problem')} in the recipe")
        length = recipe.training
        amount = (
            counted(length.epochs, "epoch")
            if length.steps is None
            else counted(length.steps, "step")
        )
        what = f"{recipe.architecture.title} on {recipe.dataset.title}, {amount}"
        return ProgressView(what)

    # --- Recipe and file -----------------------------------------------------------------------

    def _on_recipe_changed(self) -> None:
        history = self._desk.recipe.history
        for name, what in (("undo", history.undo_what), ("redo", history.redo_what)):
            possible = YES if what else no("There is nothing to take back")
            self._actions.allow(name, possible, f"{name.capitalize()} {what}" if what else "")
        recipe = self._desk.recipe.recipe
        about = f"{recipe.architecture.title} for {recipe.dataset.title}" if recipe else ""
        self._centre.show_recipe(str(self._desk.recipe.get("name")), about)
        self._on_model_changed()
        self._name_start()
        self._show_word()
        self._show_now()
        self._show_device()

    def _on_presets_changed(self) -> None:
        presets = self._desk.presets
        self._toolbar.show_title(presets.title, presets.comment or "The open recipe")
        self._actions.allow("save", presets.can_save())
        can_save_as = YES if self._desk.recipe.recipe is not None else presets.can_save()
        self._actions.allow("save_as", can_save_as)
        modified = self._desk.recipe.modified
        self._actions.allow("revert", YES if modified else no("Nothing has changed"))

    def _on_model_changed(self) -> None:
        view = self._desk.model.value
        known = view is not None and self._desk.recipe.recipe is not None
        words = counted(view.parameters, "parameter") if view and known else ""
        self._recipe.set_subtitle("architecture", words)
