"""One plot as a person uses it: legend, crosshair, zoom, marks, theme."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication

from gui.plots.axis import HEIGHT, NAME_HEIGHT
from gui.plots.layer import Marker
from gui.plots.plot import Best
from gui.plots.ranges import Limits

from .conftest import TRAIN, VAL, feed

NO_KEY = Qt.KeyboardModifier.NoModifier
PRESS, MOVE = QMouseEvent.Type.MouseButtonPress, QMouseEvent.Type.MouseMove
RELEASE, DOUBLE = QMouseEvent.Type.MouseButtonRelease, QMouseEvent.Type.MouseButtonDblClick


def filled(plot, count=100):
    feed(plot.curves["train_loss"], range(count), np.linspace(2.0, 0.1, count))
    feed(plot.curves["val_loss"], range(9, count, 10), np.linspace(1.8, 0.3, count // 10))
    plot.show_x(Limits(0.0, float(count)))
    plot.changed()
    plot.show_values(None)


def entry(plot, key) -> QAbstractButton:
    return plot.findChild(QAbstractButton, f"legend.{key}")


def in_view(plot, part_x=0.5, part_y=0.5):
    rect = plot.view.sceneBoundingRect()
    return QPoint(
        int(rect.left() + part_x * rect.width()), int(rect.top() + part_y * rect.height())
    )


def wheel(plot, place, notches=3):
    port = plot.canvas.viewport()
    event = QWheelEvent(
        QPointF(place), QPointF(port.mapToGlobal(place)), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, NO_KEY, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(port, event)


def mouse(plot, kind, place, modifier=NO_KEY):
    """One mouse event, as the window system sends it (QTest's double click has a press more)."""
    port = plot.canvas.viewport()
    moving, down = kind == MOVE, kind not in (RELEASE,)
    button = Qt.MouseButton.NoButton if moving else Qt.MouseButton.LeftButton
    held = Qt.MouseButton.LeftButton if down else Qt.MouseButton.NoButton
    globally = QPointF(port.mapToGlobal(place))
    QApplication.sendEvent(
        port, QMouseEvent(kind, QPointF(place), globally, button, held, modifier)
    )


def drag(qtbot, plot, start, end, modifier=NO_KEY):
    mouse(plot, PRESS, start, modifier)
    for part in (0.3, 0.6, 1.0):
        qtbot.wait(15)  # pyqtgraph takes no more than 100 moves a second
        mouse(plot, MOVE, start + (end - start) * part, modifier)
    mouse(plot, RELEASE, end, modifier)


def shown_y(plot):
    return Limits(*plot.view.viewRange()[1])


# --- Legend -----------------------------------------------------------------------------------


def test_the_legend_says_the_newest_values(plot):
    filled(plot)
    assert entry(plot, "val_loss").value == "0.300"
    assert entry(plot, "train_loss").value == "0.100"


def test_a_click_hides_a_curve_and_another_shows_it(plot, qtbot):
    filled(plot)
    with qtbot.waitSignal(plot.toggled) as caught:
        qtbot.mouseClick(entry(plot, "train_loss"), Qt.MouseButton.LeftButton)
    assert caught.args == ["train_loss", False]
    assert not plot.curves["train_loss"].shown
    qtbot.mouseClick(entry(plot, "train_loss"), Qt.MouseButton.LeftButton)
    assert plot.curves["train_loss"].shown


def test_the_legend_works_with_the_keyboard_and_has_a_name(plot, qtbot):
    filled(plot)
    button = entry(plot, "val_loss")
    assert button.accessibleName() == "val_loss curve"
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert not plot.curves["val_loss"].shown


def colored(plot, color):
    image = plot.canvas.grab().toImage()
    wanted = plot.layer.style.colors.curves[color].lower()
    return sum(
        image.pixelColor(x, y).name() == wanted
        for x in range(image.width())
        for y in range(image.height())
    )


def test_hidden_curves_are_not_painted_and_shown_ones_are(plot, qtbot):
    filled(plot)
    assert colored(plot, 0) > 50
    qtbot.mouseClick(entry(plot, "train_loss"), Qt.MouseButton.LeftButton)
    assert colored(plot, 0) == 0
    assert colored(plot, 1) > 50


def test_hiding_lets_y_follow_what_is_left(plot):
    filled(plot)
    feed(plot.curves["train_loss"], [100], [50.0])
    plot.changed()
    assert shown_y(plot).high > 50
    plot.set_shown("train_loss", False)
    assert shown_y(plot).high < 3


# --- Crosshair --------------------------------------------------------------------------------


def test_the_crosshair_says_the_values_of_all_curves_there(plot):
    filled(plot)
    plot.set_crosshair(49.0)
    assert entry(plot, "train_loss").value == f"{np.linspace(2.0, 0.1, 100)[49]:.2f}"
    assert entry(plot, "val_loss").value == f"{np.linspace(1.8, 0.3, 10)[4]:.2f}"
    plot.set_crosshair(None)
    assert entry(plot, "val_loss").value == "0.300"


def test_the_mouse_says_the_x_below_it(plot, qtbot):
    filled(plot)
    with qtbot.waitSignal(plot.hovered, check_params_cb=lambda x: x is not None) as caught:
        qtbot.mouseMove(plot.canvas.viewport(), in_view(plot, 0.25))
    shown = plot.x_limits
    assert caught.args[0] == pytest.approx(shown.low + 0.25 * shown.span, abs=1.0)


# --- Zoom -------------------------------------------------------------------------------------


def test_the_wheel_zooms_x_about_the_pointer_and_y_goes_on_following(plot):
    filled(plot)
    before = plot.x_limits
    wheel(plot, in_view(plot, 0.9), notches=6)
    assert plot.x_limits.span < before.span
    assert plot.x_limits.low > before.low
    assert plot.y_is_free
    assert shown_y(plot).high < 1.0  # what is left of the curves there


def test_the_wheel_over_the_left_axis_takes_y_from_the_data(plot, qtbot):
    filled(plot)
    before = shown_y(plot)
    with qtbot.waitSignal(plot.y_taken):
        wheel(plot, QPoint(20, in_view(plot).y()))
    taken = shown_y(plot)
    assert taken.span < before.span
    feed(plot.curves["train_loss"], [100], [50.0])
    plot.changed()
    assert shown_y(plot) == taken
    plot.free_y()
    assert shown_y(plot).high > 50


def test_a_drag_moves_x_alone_while_y_is_free(plot, qtbot):
    filled(plot)
    before = plot.x_limits
    with qtbot.waitSignal(plot.x_taken):
        drag(qtbot, plot, in_view(plot, 0.5, 0.4), in_view(plot, 0.25, 0.8))
    assert plot.x_limits.low > before.low + 10
    assert plot.x_limits.span == pytest.approx(before.span)
    assert plot.y_is_free


def test_shift_and_drag_zooms_to_a_rectangle(plot, qtbot):
    filled(plot)
    x, y = plot.x_limits, shown_y(plot)
    shift = Qt.KeyboardModifier.ShiftModifier
    drag(qtbot, plot, in_view(plot, 0.25, 0.5), in_view(plot, 0.75, 0.9), shift)
    assert plot.x_limits.low == pytest.approx(x.low + 0.25 * x.span, abs=1.0)
    assert plot.x_limits.high == pytest.approx(x.low + 0.75 * x.span, abs=1.0)
    assert shown_y(plot).high == pytest.approx(y.high - 0.5 * y.span, abs=0.05)
    assert not plot.y_is_free


def test_a_double_click_asks_to_fit(plot, qtbot):
    filled(plot)
    with qtbot.waitSignal(plot.fit_requested):
        for kind in (PRESS, RELEASE, DOUBLE, RELEASE):
            mouse(plot, kind, in_view(plot))


def test_pyqtgraphs_own_auto_range_is_off(plot):
    filled(plot)
    assert plot.view.autoRangeEnabled() == [False, False]


# --- Marks, log, theme ------------------------------------------------------------------------


def test_the_best_is_marked_and_said(plot):
    filled(plot)
    before = plot.canvas.grab().toImage()
    plot.set_best(Best("val_loss", 59.0, 0.967, "6"))
    assert plot.header.best.text == "best 0.967, epoch 6"
    assert plot.canvas.grab().toImage() != before
    plot.set_best(None)
    assert plot.header.best.text == ""
    assert plot.canvas.grab().toImage() == before


def test_the_best_checkpoint_and_an_event_have_different_lines(plot):
    filled(plot)
    plot.set_best_line(Marker(50.0, ""))
    dashed = plot.canvas.grab().toImage()
    plot.set_best_line(None)
    plot.set_markers([Marker(50.0, "")])
    dotted = plot.canvas.grab().toImage()
    assert dashed != dotted
    plot.set_best_line(Marker(50.0, "best"))
    assert plot.canvas.grab().toImage() not in (dashed, dotted)


def test_marks_at_the_same_place_are_both_labelled(plot):
    filled(plot)
    plot.set_markers([Marker(50.0, "checkpoint")])
    plot.set_best_line(Marker(50.0, ""))
    alone = plot.canvas.grab().toImage()
    plot.set_best_line(Marker(50.0, "best"))
    assert plot.canvas.grab().toImage() != alone
    both = plot.canvas.grab().toImage()
    plot.set_markers([Marker(50.0, "")])
    assert plot.canvas.grab().toImage() != both


def test_a_hidden_curve_says_so_beside_its_whole_name(plot, qtbot):
    filled(plot)
    plot.show_values(None)
    held = entry(plot, "val_loss")
    qtbot.mouseClick(held, Qt.MouseButton.LeftButton)
    needed = held.fontMetrics().horizontalAdvance("hidden")
    qtbot.waitUntil(lambda: held.width() == held.sizeHint().width())
    assert held.minimumSizeHint().width() >= needed + 18 + 2 * 6


def test_the_x_axis_has_a_name_below_its_labels(plot, qtbot):
    filled(plot)
    axis = plot.canvas.plotItem.getAxis("bottom")
    plot.set_x_ticks(lambda _view, _most: [(50.0, "50")], "step")
    qtbot.waitUntil(lambda: axis.size().height() == HEIGHT + NAME_HEIGHT)
    before = plot.canvas.grab().toImage()
    plot.set_x_ticks(lambda _view, _most: [(50.0, "50")], "epoch")
    assert plot.canvas.grab().toImage() != before
    plot.set_x_ticks(lambda _view, _most: [(50.0, "50")])
    qtbot.waitUntil(lambda: axis.size().height() == HEIGHT)


def test_markers_are_listed_and_painted(plot):
    filled(plot)
    before = plot.canvas.grab().toImage()
    plot.set_markers([Marker(30.0, "lr × 0.5"), Marker(70.0, "checkpoint")])
    assert plot.layer.scene_data.markers == [Marker(30.0, "lr × 0.5"), Marker(70.0, "checkpoint")]
    assert plot.canvas.grab().toImage() != before


def test_log_is_for_what_can_have_it_and_shows_zeros_as_leaving_below(plot):
    filled(plot)
    feed(plot.curves["train_loss"], [100], [0.0])
    plot.set_log(True)
    low, high = shown_y(plot).low, shown_y(plot).high
    assert (round(10**low, 2), round(10**high)) == (0.09, 2)
    assert plot.layer.frame.log
    plot.set_log(False)
    assert shown_y(plot).low < 0.01
    assert not plot.layer.frame.log


@pytest.mark.parametrize("ys", [[], [1.0], [np.nan], [np.inf, np.nan, 2.0], [0.0, 0.0], [1e300]])
@pytest.mark.parametrize("log", [False, True])
def test_any_values_can_be_painted(plot, ys, log):
    feed(plot.curves["train_loss"], range(len(ys)), ys)
    plot.set_log(log)
    plot.changed()
    plot.set_crosshair(0.0)
    plot.set_best(Best("train_loss", 0.0, ys[0] if ys else np.nan, "1"))
    assert not plot.canvas.grab().isNull()


def test_the_theme_can_change_at_any_time(plot, theme):
    filled(plot)
    theme.set_mode("dark")
    plot.restyle()
    assert plot.canvas.grab().toImage().pixelColor(1, 1).name() == theme.colors.surface.lower()
    assert colored(plot, 0) > 50


def test_curves_that_stay_keep_their_points(plot):
    filled(plot)
    plot.set_curves([TRAIN], {})
    assert len(plot.curves["train_loss"]) == 100
    assert plot.findChild(QAbstractButton, "legend.train_loss") is not None
    plot.set_curves([VAL, TRAIN], {})
    assert len(plot.curves["val_loss"]) == 0


def test_where_it_is_narrow_the_best_value_goes_first(plot, qtbot):
    filled(plot)
    plot.set_best(Best("val_loss", 59.0, 0.967, "6"))
    assert plot.header.best.isVisible()
    plot.resize(260, 300)
    qtbot.waitUntil(lambda: not plot.header.best.isVisible())
    assert entry(plot, "val_loss").isVisible()
