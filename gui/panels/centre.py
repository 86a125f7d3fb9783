"""The centre of the window: banner, tabs, and what the Live tab shows before there are curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from engine.problems import Problem
from engine.training.channel import Channel
from gui.actions import Actions
from gui.controls import flat
from gui.desk import Desk
from gui.panels.banner import Banner
from gui.panels.compare_picker import ComparePicker
from gui.panels.data import DataPanel
from gui.panels.live_page import LivePage
from gui.panels.log import LogPanel
from gui.panels.model.panel import ModelPanel
from gui.panels.pages import PreparingPage, WelcomePage
from gui.panels.runs import RunsPanel
from gui.panels.workspace import Workspace
from gui.presenters.banners import BannerView, banner_for, interrupted_runs, not_opened
from gui.presenters.possible import State
from gui.theme import Theme

if TYPE_CHECKING:
    from gui.panels.live import LivePanel

LIVE, DATA, MODEL, RUNS, LOG = "Live", "Data", "Model", "Runs", "Log"
_BANNER_ACTIONS = (
    "pause", "step", "resume_run", "resume_older", "resume_interrupted", "show_interrupted",
    "put_aside", "export", "start", "extend", "fork", "open_run",
)  # fmt: skip


class Centre(QWidget):
    """Puts the panels together and shows the training's state in them."""

    code_asked = Signal()
    """The person's own code in the open recipe is to be looked at."""

    def __init__(self, theme: Theme, desk: Desk, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("centre")
        self._desk, self._theme = desk, theme
        self.live_page = LivePage(theme, desk.samples)
        self.welcome = WelcomePage(actions["start"], desk.presets.welcoming())
        self.preparing = PreparingPage(actions["stop"])
        self.banner = Banner(theme, {name: actions[name] for name in _BANNER_ACTIONS})
        self._unopened: BannerView | None = None
        self.workspace = Workspace()
        self._data = DataPanel(theme, desk.data, desk.checks)
        self.runs = RunsPanel(
            theme, desk.library, desk.compared, (desk.run_details, desk.differences),
            busy=lambda: desk.training.active,
        )  # fmt: skip
        self._pages = QStackedWidget()
        self._pages.setObjectName("live.pages")
        for page in (self.welcome, self.preparing, self.live_page):
            self._pages.addWidget(page)
        self.workspace.add(LIVE, self._pages)
        self.workspace.add(DATA, self._data)
        self.workspace.add(MODEL, self._make_model(theme))
        self.workspace.add(RUNS, self.runs)
        self.workspace.add(LOG, LogPanel(theme, desk.log))
        column = QVBoxLayout(self)
        flat(column)
        column.addWidget(self.banner)
        column.addWidget(self.workspace, 1)
        self._connect()
        self._on_current_changed()

    def _make_model(self, theme: Theme) -> ModelPanel:
        desk = self._desk
        return ModelPanel(theme, desk.model, desk.freezing, (desk.forward_graph, desk.loss_graph))

    def _connect(self) -> None:
        training = self._desk.training
        training.began.connect(self._on_began)
        training.changed.connect(self.show_state)
        self._desk.interrupted.changed.connect(self.show_state)
        training.began.connect(self._on_settled)
        self._desk.presets.opened.connect(self._on_settled)
        self._desk.presets.refused.connect(self._on_refused)
        self.banner.dismissed.connect(self._on_settled)
        self.workspace.current_changed.connect(self._on_current_changed)
        self._data.download_asked.connect(self._desk.download_data)
        self._data.network_asked.connect(self._desk.fetch_network)
        self._data.code_asked.connect(self.code_asked)
        self._desk.compared.loaded.connect(self._on_compared)
        self._desk.compared.grown.connect(self.live_page.refresh)
        self.live_page.made.connect(self._connect_live)
        training.changed.connect(self._show_open_run)

    def _connect_live(self, live: LivePanel) -> None:
        live.controls.compare_clicked.connect(self._on_compare_clicked)
        live.uncompared.connect(lambda key: self._desk.compared.drop([key]))
        live.failed.connect(self._desk.messages.problem)
        live.exported.connect(lambda path: self._desk.messages.say(f"Wrote {path.name}", "good"))

    def make_plots(self) -> None:
        """Make the live plots before they are wanted, while nobody waits for anything."""
        assert self.live is not None

    @property
    def live(self) -> LivePanel:
        """The live plots."""
        return self.live_page.panel

    def _on_began(self, channel: Channel, main_metric: str) -> None:
        self.live.set_channel(channel, main_metric)
        trained = self._desk.training.trained
        self.live.set_title(trained.name if trained is not None else "")

    def show_state(self) -> None:
        """The page and the banner of this moment."""
        training = self._desk.training
        if training.active and training.started is None:
            self.preparing.show_progress(training.preparing.message, training.preparing.fraction)
        self._pages.setCurrentWidget(self._page())
        self.banner.say(self._unopened or self._offer() or banner_for(training))

    def _offer(self) -> BannerView | None:
        """Runs without an end are offered until something is trained or shown."""
        idle = self._desk.training.state is State.IDLE
        return interrupted_runs(self._desk.interrupted.runs) if idle else None

    def _on_refused(self, name: str, problems: list[Problem]) -> None:
        self._unopened = not_opened(name, problems)
        self.show_state()

    def _on_settled(self) -> None:
        """What could not be opened is no longer of interest."""
        if self._unopened is not None:
            self._unopened = None
            self.show_state()

    def _page(self) -> QWidget:
        training = self._desk.training
        if training.active and training.started is None:
            return self.preparing
        has_curves = training.channel is not None and bool(training.channel.log.names())
        wanted = has_curves or training.active or self.live_page.compares()
        return self.live_page if wanted else self.welcome

    def _on_compared(self) -> None:
        """Other runs are laid over the open one."""
        self.live_page.set_compared(self._desk.compared.ready())
        self.show_state()

    def _on_compare_clicked(self) -> None:
        """Choose runs here, over the plots; a wide window has the table beside them."""
        desk = self._desk
        picker = ComparePicker(self, self._theme, desk.library, desk.compared)
        picker.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picker.all_asked.connect(lambda: self.workspace.bring(RUNS))
        picker.open_above(self.live.controls.compare)

    def _show_open_run(self) -> None:
        """The open run is in front already: it is not compared with itself."""
        run = self._desk.training.run
        self._desk.compared.set_open(str(run) if run is not None else "")

    def show_recipe(self, name: str, about: str) -> None:
        """What the welcome page says of the open recipe."""
        self.welcome.show_recipe(name, about)

    def _on_current_changed(self) -> None:
        self._desk.data.want(self.workspace.in_sight(DATA))
        self._desk.compared.watch(self.workspace.in_sight(LIVE))
