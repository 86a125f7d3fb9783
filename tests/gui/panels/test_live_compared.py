"""Other runs over the live plots: they come, are switched, stay behind the open one, and go."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QLabel, QToolButton

from engine.runs.metriclog import MetricLog
from gui.panels.live import LivePanel
from gui.presenters.feeds import Compared
from tests.gui.panels.test_live import CLASSES, grow


@pytest.fixture
def panel(qtbot, theme):
    made = LivePanel(theme)
    made.resize(900, 650)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def run(key, steps=20, color=0):
    log = MetricLog()
    grow(log, steps)
    return Compared(key, f"run {key}", log, color, "accuracy")


@pytest.fixture
def opened(panel):
    log = MetricLog()
    grow(log, 30)
    panel.set_source(log, "accuracy")
    panel.set_title("digits-cnn")
    panel.refresh()
    return panel


def drawn(panel):
    return {key: len(curve) for key, curve in panel.stack.curves().items()}


def part(panel, name):
    found = panel.findChild(QAbstractButton, name)
    assert found is not None, name
    return found


def test_compared_curves_are_there_at_once(opened):
    opened.set_compared([run("a")])
    assert drawn(opened)["train_loss of a"] == 20
    assert drawn(opened)["train_loss"] == 30
    assert opened.stack.runs.isVisible()
    names = [entry.info.label for entry, _cross in opened.stack.runs._entries]
    assert names == ["digits-cnn", "run a"]


def test_unticked_they_are_gone_and_the_open_run_stays(opened):
    opened.set_compared([run("a")])
    opened.set_compared([])
    assert set(drawn(opened)) == {*CLASSES} - {"val_f1"}
    assert drawn(opened)["train_loss"] == 30
    assert not opened.stack.runs.isVisible()


def test_the_cross_asks_to_take_a_run_off(opened, qtbot):
    opened.set_compared([run("a")])
    with qtbot.waitSignal(opened.uncompared) as asked:
        qtbot.mouseClick(part(opened, "run.remove.run a"), Qt.MouseButton.LeftButton)
    assert asked.args == ["a"]


def test_a_run_is_hidden_in_every_plot_and_stays_so_when_the_plots_change(opened, qtbot):
    opened.set_compared([run("a"), run("b", color=1)])
    qtbot.mouseClick(part(opened, "run.run a"), Qt.MouseButton.LeftButton)
    shown = {key: curve.shown for key, curve in opened.stack.curves().items()}
    assert not any(on for key, on in shown.items() if key.endswith(" of a"))
    assert all(on for key, on in shown.items() if not key.endswith(" of a"))
    opened.findChild(QAction, "live.metrics.f1").trigger()
    opened.refresh()
    assert not opened.stack.curves()["train_loss of a"].shown
    qtbot.mouseClick(part(opened, "run.run a"), Qt.MouseButton.LeftButton)
    assert opened.stack.curves()["train_loss of a"].shown


def test_without_an_open_run_the_compared_ones_are_shown(panel):
    panel.set_compared([run("a")])
    assert drawn(panel)["val_accuracy of a"] == 2
    assert not panel.findChild(QLabel, "live.empty").isVisible()
    names = [entry.info.label for entry, _cross in panel.stack.runs._entries]
    assert names == ["run a"]
    assert panel.findChild(QToolButton, "live.export").isEnabled()
    assert not panel.findChild(QAction, "live.export.csv").isEnabled()
    panel.set_compared([])
    assert panel.findChild(QLabel, "live.empty").isVisible()


def test_another_open_run_keeps_the_compared_ones(opened):
    opened.set_compared([run("a")])
    log = MetricLog()
    grow(log, 5)
    opened.set_source(log, "accuracy")
    opened.refresh()
    assert (drawn(opened)["train_loss"], drawn(opened)["train_loss of a"]) == (5, 20)


def test_another_axis_and_smoothing_are_for_all(opened, qtbot):
    opened.set_compared([run("a")])
    qtbot.mouseClick(part(opened, "live.x_time"), Qt.MouseButton.LeftButton)
    curves = opened.stack.curves()
    assert curves["train_loss of a"].strong.x[-1] == pytest.approx(2.0)
    opened.controls.smoothing_moved.emit(0.0)
    assert not curves["train_loss of a"].smoothed


def test_a_run_that_goes_on_elsewhere_grows_on_the_plots(opened):
    other = run("a")
    opened.set_compared([other])
    grow(other.source, 5, start=21)
    opened.refresh()
    assert drawn(opened)["train_loss of a"] == 25


def test_a_picture_names_the_runs(opened, tmp_path):
    opened.set_compared([run("a")])
    opened.export("svg", tmp_path / "curves.svg")
    assert "run a" in (tmp_path / "curves.svg").read_text()
