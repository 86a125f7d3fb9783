"""The compared runs above the plots: named, switched, taken off."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from gui.plots.runs_legend import RunInLegend, RunsLegend
from gui.plots.style import PlotStyle

RUNS = [RunInLegend("/runs/a", "wide", 0), RunInLegend("/runs/b", "narrow", 1)]
OPEN = RunInLegend("", "digits-cnn", 0)


@pytest.fixture
def legend(qtbot, theme):
    made = RunsLegend(PlotStyle(theme))
    made.resize(600, 40)
    qtbot.addWidget(made)
    made.show_runs(RUNS, set())
    qtbot.waitExposed(made)
    return made


def click(qtbot, legend, name):
    part = next(p for pair in legend._entries for p in pair if p and p.objectName() == name)
    qtbot.mouseClick(part, Qt.MouseButton.LeftButton)


def test_it_is_there_only_while_runs_are_compared(legend):
    assert legend.isVisible()
    legend.show_runs([], set())
    assert not legend.isVisible()


def test_a_click_hides_a_run_and_the_cross_takes_it_off(legend, qtbot):
    with qtbot.waitSignal(legend.toggled) as told:
        click(qtbot, legend, "run.wide")
    assert told.args == ["/runs/a", False]
    with qtbot.waitSignal(legend.removed) as told:
        click(qtbot, legend, "run.remove.narrow")
    assert told.args == ["/runs/b"]


def test_hidden_runs_are_shown_as_such(legend):
    legend.show_runs(RUNS, {"/runs/b"})
    assert [entry.isChecked() for entry, _cross in legend._entries] == [True, False]


def test_the_open_run_cannot_be_taken_off(legend, qtbot):
    legend.show_runs([OPEN, *RUNS], set())
    entry, cross = legend._entries[0]
    assert cross is None
    with qtbot.assertNotEmitted(legend.toggled):
        qtbot.mouseClick(entry, Qt.MouseButton.LeftButton)
    assert entry.isChecked()


def test_many_runs_take_several_rows_and_none_is_cut_off(legend):
    one_row = legend.height()
    many = [RunInLegend(str(at), f"a run with a rather long title {at}", at) for at in range(12)]
    legend.show_runs(many, set())
    assert legend.height() >= 3 * one_row
    for entry, cross in legend._entries:
        assert entry.geometry().left() >= 0
        assert cross.geometry().right() <= legend.width()
        assert cross.geometry().bottom() <= legend.height()
    legend.show_runs(RUNS, set())
    assert legend.height() == one_row


def test_keys_and_screen_readers_reach_everything(legend, qtbot):
    for pair in legend._entries:
        for part in pair:
            assert part.accessibleName()
            assert part.focusPolicy() & Qt.FocusPolicy.TabFocus
    entry = legend._entries[0][0]
    with qtbot.waitSignal(legend.toggled):
        qtbot.keyClick(entry, Qt.Key.Key_Space)
