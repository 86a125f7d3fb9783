"""Fixtures of the window's tests: one theme, recipes, fakes, and nothing left behind."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.recipe import Recipe
from gui import desk as desk_module
from gui.app import make_window
from gui.panels.recipe import RecipePanel
from gui.presenters.messages import Message, Messages
from gui.presenters.recipe import RecipePresenter
from gui.theme import Theme
from gui.window import MainWindow
from tests.gui.fakes import FakePreviews, FakeWorker, ended

Open = Callable[..., MainWindow]

DATA = {
    "version": 1,
    "name": "digits-mlp",
    "dataset": "digits",
    "architecture": {"name": "mlp", "hidden": [64, 32]},
    "optimizer": {"name": "adamw", "lr": 0.003},
}


@pytest.fixture
def recipe() -> RecipePresenter:
    return RecipePresenter(Recipe.parse(DATA))


@pytest.fixture
def messages() -> Messages:
    return Messages()


@pytest.fixture
def said(messages: Messages) -> list[Message]:
    """Every message, as it is said."""
    heard: list[Message] = []
    messages.said.connect(heard.append)
    return heard


@pytest.fixture
def worker() -> FakeWorker:
    return FakeWorker()


@pytest.fixture
def previews() -> FakePreviews:
    return FakePreviews()


@pytest.fixture
def theme(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Theme]:
    monkeypatch.setenv("TRAINBOARD_THEME", "light")
    made = Theme(qapp)
    yield made
    qapp.setStyleSheet("")


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """No thread runs on and no timer ticks on after a test.

    What was there before is frozen: torch alone is half a million objects to look through.
    """
    if "qapp" not in request.fixturenames:
        yield
        return
    gc.freeze()
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    left = _running()
    assert not left, f"left behind: {left}"


def _running() -> list[object]:
    return [thing for thing in gc.get_objects() if _is_active(thing)]


def _is_active(thing: object) -> bool:
    try:
        if issubclass(type(thing), QThread):  # isinstance would ask lazy modules for their class
            return bool(thing.isRunning())
        return issubclass(type(thing), QTimer) and bool(thing.isActive())
    except (RuntimeError, ReferenceError):  # its Qt half is gone already
        return False


@pytest.fixture
def wait(qtbot) -> Callable[[Callable[[], bool]], None]:  # type: ignore[no-untyped-def]
    """Wait until something is so; generous, because machines are slow at times."""

    def until(condition: Callable[[], bool]) -> None:
        qtbot.waitUntil(condition, timeout=60_000)

    return until


@pytest.fixture
def panel(theme: Theme, recipe: RecipePresenter, qtbot: QtBot) -> RecipePanel:
    """The recipe panel at its usual width."""
    made = RecipePanel(theme, recipe)
    qtbot.addWidget(made)
    made.resize(340, 900)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def open_window(
    qapp: QApplication, qtbot, monkeypatch: pytest.MonkeyPatch, worker: FakeWorker,
    previews: FakePreviews,
) -> Iterator[Open]:  # fmt: skip
    monkeypatch.setenv("TRAINBOARD_THEME", "light")
    monkeypatch.setattr(desk_module, "TrainingThread", lambda: worker)
    monkeypatch.setattr(desk_module, "PreviewThread", lambda: previews)
    monkeypatch.setattr(desk_module, "ReadingThread", lambda: previews)
    windows: list[MainWindow] = []

    def make(argument: str | None = None, size: tuple[int, int] | None = (1280, 800)) -> MainWindow:
        window = make_window(qapp, argument)
        windows.append(window)
        if size is not None:
            window.resize(*size)
        window.show()
        qtbot.waitExposed(window)
        return window

    yield make
    for window in windows:
        window._desk.recipe.mark_saved()
        if window._desk.training.active:
            worker.tell(ended("stopped"))
        window.close()
        window.deleteLater()


@pytest.fixture
def window(open_window: Open) -> MainWindow:
    return open_window()
