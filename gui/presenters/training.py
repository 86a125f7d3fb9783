"""The state of the training as the window sees it, what can be done in it, and why not."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.live import changed
from engine.problems import ProblemError
from engine.recipe import Recipe
from engine.runs.folder import RunFolder
from engine.training import commands as c
from engine.training import events as e
from engine.training.begin import Begin, Extend, Fork, New, Resume
from engine.training.channel import Channel
from gui.presenters.availability import Availability
from gui.presenters.following import Following
from gui.presenters.possible import ACTIVE, Situation, State, possible
from gui.presenters.progress import ProgressView, view_of
from gui.presenters.recipe import RecipePresenter
from gui.presenters.runs import channel_of, ending_of, state_of
from gui.presenters.troubles import Troubles
from gui.presenters.worker import Worker

LOADING = "Loading PyTorch…"


_ENDINGS: dict[e.Status, State] = {"finished": State.FINISHED, "failed": State.FAILED}


class TrainingPresenter(QObject):
    """Turns events into states, presses into commands. Nothing waits here for anything."""

    changed = Signal()
    """The state, or what can be done, is another."""
    began = Signal(object, str)
    """A training was started: its Channel, and the name of its main metric."""
    happened = Signal(object)
    """Every event, after the state has followed it."""

    def __init__(
        self,
        worker: Worker,
        recipe: RecipePresenter,
        runs_dir: Path,
        data_dir: Path,
    ) -> None:
        super().__init__()
        self._worker = worker
        self._recipe = recipe
        self._dirs = (runs_dir, data_dir)
        self._ready = False
        self._held_soon = False
        self.state = State.IDLE
        self.channel: Channel | None = None
        self.preparing = e.Preparing("")
        self.started: e.Started | None = None
        self.ended: e.Ended | None = None
        self.best: e.Evaluated | None = None
        self.trained: Recipe | None = None
        """The recipe of the training, with the changes made to it so far."""
        self.begun: Begin = New()
        self.following: Following | None = None
        self.troubles = Troubles()
        self.folder: RunFolder | None = None
        """The run that is shown or goes on; None for a new one."""
        worker.ready.connect(self._on_ready)
        worker.happened.connect(self._on_happened)
        recipe.problems_changed.connect(self.changed)

    # --- What can be done ------------------------------------------------------------------------

    @property
    def active(self) -> bool:
        """Whether a training is under way, paused included."""
        return self.state in ACTIVE

    @property
    def ready(self) -> bool:
        """Whether the heavy imports are done."""
        return self._ready

    @property
    def pausing(self) -> bool:
        """Whether a pause was asked for and the batch in progress is not over yet."""
        return self._held_soon and self.state is State.RUNNING

    @property
    def run(self) -> Path | None:
        """The run folder of the training, once there is one."""
        if self.folder is not None:
            return self.folder.path
        if self.ended is not None:
            return self.ended.result.run
        return self.started.run if self.started is not None else None

    def can(self, action: str) -> Availability:
        """Whether one of the actions of `possible` can be done, or why not."""
        ended = self.ended
        has_checkpoint = ended is not None and ended.result.checkpoint is not None
        now = Situation(
            self.state, self._recipe.problems, self._held_soon, has_checkpoint,
            has_run=self.run is not None,
        )  # fmt: skip
        return possible(action, now)

    # --- Acting --------------------------------------------------------------------------------

    def start(self, preset: str = "") -> None:
        """Train the recipe as it is now in a new run, which remembers its preset."""
        if self.can("start").enabled:
            self._begin(New(preset))

    def resume(self, folder: RunFolder, checkpoint: Path | None = None) -> None:
        """Go on with a run from its newest checkpoint or from this one; the open recipe must be
        the one with which it goes on. Raises ProblemError when the run cannot be read."""
        if not self.active:
            self._begin(Resume(folder, checkpoint), folder)

    def extend(self, folder: RunFolder, epochs: int) -> None:
        """Train a finished run for so many epochs more; otherwise as `resume`."""
        if not self.active:
            self._begin(Extend(folder, epochs), folder)

    def fork(self, parent: RunFolder, checkpoint: Path) -> None:
        """Train the recipe as it is now in a new run that begins with another's checkpoint."""
        if self.can("start").enabled:
            self._begin(Fork(parent, checkpoint))

    def _begin(self, begin: Begin, folder: RunFolder | None = None) -> None:
        recipe, facts = self._recipe.recipe, self._recipe.facts()
        if recipe is None or facts is None:
            return
        first = recipe if folder is None else folder.recipe()  # the changes are in its log
        self._forget(folder)
        self.begun, self.trained = begin, recipe
        message = "Preparing…" if self._ready else LOADING
        self.preparing = e.Preparing(message)
        self.channel = self._worker.train(first, *self._dirs, begin)
        self._enter(State.PREPARING)
        self.began.emit(self.channel, facts.main_metric)

    def _forget(self, folder: RunFolder | None) -> None:
        """Whatever was trained or shown until now is no longer of interest; this run is."""
        self.started = self.ended = self.best = self.following = None
        self.begun = New()
        self.folder, self.troubles = folder, Troubles()
        self._held_soon = False

    def toggle_pause(self) -> None:
        """Pause, or go on if paused."""
        if not self.can("pause").enabled:
            return
        if self.state is State.PAUSED:
            self.post(c.Resume())
        else:
            self._held_soon = True
            self.post(c.Pause())
            self.changed.emit()

    def step(self) -> None:
        """Let one batch through."""
        if self.can("step").enabled:
            self.post(c.Step())

    def stop(self, save: bool = True) -> None:
        """End after the batch in progress."""
        if self.can("stop").enabled:
            self.post(c.Stop(save))
            self._enter(State.STOPPING)

    def checkpoint(self) -> None:
        """Keep this moment."""
        if self.can("checkpoint").enabled:
            self.post(c.SaveCheckpoint())

    def show_run(self, folder: RunFolder, recipe: Recipe) -> None:
        """Show a run of the past as if it had just ended here; not while a training runs. Raises
        ProblemError when its curves cannot be read."""
        if self.active:
            return
        channel = channel_of(folder)
        self._forget(folder)
        self.trained, self.channel = recipe, channel
        self.began.emit(self.channel, recipe.dataset.facts().main_metric)
        self._on_happened(ending_of(folder))

    def follow(self, following: Following, recipe: Recipe) -> None:
        """Show a run that another process trains; call `poll` from now on."""
        if self.active:
            return
        self._forget(following.folder)
        self.trained, self.following = recipe, following
        self.channel = following.channel
        self._enter(State.FOLLOWED)
        self.began.emit(self.channel, recipe.dataset.facts().main_metric)

    def poll(self) -> None:
        """Read what another process has written; nothing to do for a training of this window."""
        following = self.following
        if following is None:
            return
        for intervention in following.poll():
            self._on_happened(e.Intervened(intervention))
        if following.over:
            self.following = None
            self._on_happened(ending_of(following.folder))

    def let_go(self) -> None:
        """Follow another process no longer."""
        if self.following is not None:
            self.following = None
            self._enter(State.IDLE)

    def post(self, command: c.Command) -> None:
        """Send a command; its report comes back as an event."""
        if self.channel is not None:
            self.channel.post(command)

    # --- Telling ---------------------------------------------------------------------------------

    def progress(self) -> ProgressView:
        """The figures of this moment, to be polled by the frame timer."""
        if self.state is State.PREPARING:
            return ProgressView(self.preparing.message, self.preparing.fraction)
        if self.channel is None or (self.started is None and self.following is None):
            return ProgressView()
        return view_of(self.channel.progress)

    # --- Following -------------------------------------------------------------------------------

    def _enter(self, state: State) -> None:
        self.state = state
        self.changed.emit()

    def _on_ready(self) -> None:
        self._ready = True
        if self.state is State.PREPARING and self.preparing.message == LOADING:
            self.preparing = e.Preparing("Preparing…")
        self.changed.emit()

    def _on_happened(self, event: e.Event) -> None:
        follow = self._followers().get(type(event))
        if follow is not None:
            follow(event)
        self.happened.emit(event)

    def _followers(self) -> dict[type[e.Event], Callable[[e.Event], None]]:
        return {
            e.Preparing: self._on_preparing,
            e.Started: self._on_started,
            e.Answered: self._on_answered,
            e.Paused: self._on_paused,
            e.Resumed: self._on_resumed,
            e.Evaluated: self._on_evaluated,
            e.Intervened: self._on_intervened,
            e.Notice: self._on_notice,
            e.Recovered: self._on_recovered,
            e.Ended: self._on_ended,
        }

    def _on_preparing(self, event: e.Event) -> None:
        assert isinstance(event, e.Preparing)
        self.preparing = event
        self.changed.emit()

    def _on_started(self, event: e.Event) -> None:
        assert isinstance(event, e.Started)
        self.started = event
        if self.state is State.PREPARING:
            self._enter(State.RUNNING)

    def _on_paused(self, _event: e.Event) -> None:
        self._held_soon = False
        if self.state is not State.STOPPING:
            self._enter(State.PAUSED)

    def _on_answered(self, event: e.Event) -> None:
        """A Stop that could not keep the state holds the training instead of losing it."""
        assert isinstance(event, e.Answered)
        if isinstance(event.report.command, c.Stop) and not event.report.ok:
            held = self.channel is not None and self.channel.progress.phase == "paused"
            self._enter(State.PAUSED if held else State.RUNNING)  # running: `Paused` follows

    def _on_resumed(self, _event: e.Event) -> None:
        if self.state is State.PAUSED:
            self._enter(State.RUNNING)

    def _on_evaluated(self, event: e.Event) -> None:
        assert isinstance(event, e.Evaluated)
        if event.best:
            self.best = event

    def _on_intervened(self, event: e.Event) -> None:
        assert isinstance(event, e.Intervened)
        if self.trained is not None:
            self.trained = changed(self.trained, event.intervention.values)

    def _on_notice(self, event: e.Event) -> None:
        assert isinstance(event, e.Notice)
        self.troubles = self.troubles.told(event.problem)
        self.changed.emit()

    def _on_recovered(self, event: e.Event) -> None:
        assert isinstance(event, e.Recovered)
        self.troubles = self.troubles.recovered(event.sentence)
        self.changed.emit()

    def _on_ended(self, event: e.Event) -> None:
        assert isinstance(event, e.Ended)
        self._held_soon = False
        if self._never_went_on():
            event = self._shown_again(event)
        self.ended = event
        self._enter(self._ending(event.result))

    def _ending(self, result: e.Result) -> State:
        if result.status != "stopped":
            return _ENDINGS[result.status]
        if result.run is None:
            return State.IDLE  # cancelled before there was anything
        past = self.folder is not None and self.started is None
        broken = past and state_of(RunFolder(result.run)) == "interrupted"
        return State.INTERRUPTED if broken else State.STOPPED

    def _never_went_on(self) -> bool:
        """Whether an earlier run that was to go on is as it was."""
        return self.started is None and isinstance(self.begun, Resume | Extend)

    def _shown_again(self, event: e.Ended) -> e.Ended:
        """The earlier run with its curves and its own ending, or with why it could not go on."""
        folder, trained = self.folder, self.trained
        assert folder is not None
        assert trained is not None
        with suppress(ProblemError):  # its curves cannot be read, which has been said then
            self.channel = channel_of(folder)
        self.began.emit(self.channel, trained.dataset.facts().main_metric)
        ending = ending_of(folder)
        if event.result.status == "stopped":
            return ending
        result = replace(ending.result, status="failed")
        return replace(event, result=result)
