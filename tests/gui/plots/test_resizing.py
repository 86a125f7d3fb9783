"""Plots while somebody drags the border beside them: painted once, laid out anew where needed."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtWidgets import QApplication, QGraphicsItem, QGraphicsWidget

from gui.plots.ranges import Course, Limits
from gui.plots.ticks import linear_ticks

from .conftest import feed
from .test_plot import MOVE, PRESS, RELEASE, filled, in_view, mouse


class Paints(QObject):
    """Counts the paint events of the plots, by their key."""

    def __init__(self, stack) -> None:
        super().__init__(stack)
        self.counts = Counter()
        for key, plot in stack.plots.items():
            plot.canvas.viewport().setObjectName(key)
            plot.canvas.viewport().installEventFilter(self)

    def eventFilter(self, watched, event) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.counts[watched.objectName()] += 1
        return False


def settled(qtbot) -> None:
    """All that was posted is done."""
    qtbot.wait(60)


def grown(stack) -> None:
    stack.set_x_ticks(lambda view, most: linear_ticks(view, most, "number"), "step")
    stack.course = Course(200.0, 200.0)
    feed(stack.curves()["train_loss"], range(200), np.linspace(2.0, 0.1, 200))
    feed(stack.curves()["val_accuracy"], range(9, 200, 10), np.linspace(0.2, 0.9, 20))
    stack.refresh(set(stack.plots))


@pytest.mark.parametrize("size", [(640, 600), (760, 600), (700, 540)])
def test_at_another_size_every_plot_is_painted_once(stack, qtbot, size):
    grown(stack)
    settled(qtbot)
    paints = Paints(stack)
    stack.resize(*size)
    settled(qtbot)
    moved = {"loss", "share"} if size[1] != 600 else set(stack.plots)
    assert {key: paints.counts[key] for key in moved} == dict.fromkeys(moved, 1)


def test_what_changes_after_that_is_painted(stack, qtbot):
    grown(stack)
    stack.resize(640, 600)
    settled(qtbot)
    paints = Paints(stack)
    feed(stack.curves()["train_loss"], [200], [0.05])
    stack.plots["loss"].grown()
    stack.plots["share"].view.setYRange(0.0, 0.5)
    settled(qtbot)
    assert paints.counts["loss"]
    assert paints.counts["share"]


def test_after_a_drag_there_and_back_it_looks_as_before(stack, qtbot):
    grown(stack)
    settled(qtbot)
    before = stack.grab().toImage()
    for width in (706, 720, 650, 690):
        stack.resize(width, 600)
        QApplication.processEvents()
    assert stack.grab().toImage() != before
    stack.resize(700, 600)
    settled(qtbot)
    assert stack.grab().toImage() == before


def test_labels_are_drawn_anew_only_where_they_stand_elsewhere(stack, qtbot):
    grown(stack)
    settled(qtbot)
    item = stack.plots["lr"].canvas.plotItem
    left, bottom = item.getAxis("left").picture, item.getAxis("bottom").picture
    assert left is not None
    assert bottom is not None
    stack.resize(640, 600)
    settled(qtbot)
    assert item.getAxis("left").picture is left
    assert item.getAxis("bottom").picture is not bottom
    stack.plots["lr"].show_x(Limits(10.0, 20.0))
    settled(qtbot)
    assert item.getAxis("left").picture is left


def test_bounds_and_outlines_are_told_by_qt_itself(stack):
    item = stack.plots["lr"].canvas.plotItem
    for each in (item, item.vb, item.getAxis("left"), item.getAxis("bottom")):
        assert type(each).boundingRect is QGraphicsWidget.boundingRect
        assert type(each).shape is QGraphicsItem.shape


def test_what_is_never_shown_takes_no_part_in_a_resize(stack, qtbot, monkeypatch):
    called = Counter()
    for kind, name in ((pg.ViewBox, "updateMatrix"), (pg.AxisItem, "updateAutoSIPrefix")):
        monkeypatch.setattr(kind, name, lambda *_, name=name: called.update([name]))
    grown(stack)
    stack.resize(640, 600)
    settled(qtbot)
    assert not called


def test_the_rectangle_to_zoom_to_is_where_the_mouse_is(plot, qtbot):
    filled(plot)
    plot.resize(800, 300)
    plot.show_x(Limits(20.0, 40.0))  # nothing has been painted since
    shift = Qt.KeyboardModifier.ShiftModifier
    start, end = in_view(plot, 0.25, 0.25), in_view(plot, 0.75, 0.75)
    mouse(plot, PRESS, start, shift)
    for part in (0.5, 1.0):
        qtbot.wait(15)
        mouse(plot, MOVE, start + (end - start) * part, shift)
    drawn = plot.view.rbScaleBox.mapRectToScene(QRectF(0, 0, 1, 1))
    for corner, place in ((drawn.topLeft(), start), (drawn.bottomRight(), end)):
        assert (corner - QPointF(place)).manhattanLength() < 3
    mouse(plot, RELEASE, end, shift)
