"""What a person does in the window, input by input: typing, dragging a splitter, moving a plot."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

Input = Callable[[], None]
_LEFT, _NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def typing(field: QWidget, count: int) -> Iterator[Input]:
    """Keys into a field: letters, and now and then a backspace."""
    field.setFocus()
    for number in range(count):
        if number % 5 == 4:
            yield lambda: QTest.keyClick(field, Qt.Key.Key_Backspace)
        else:
            letter = "abcdefghij"[number % 10]
            yield lambda letter=letter: QTest.keyClicks(field, letter)  # type: ignore[misc]


def digits(field: QWidget, count: int) -> Iterator[Input]:
    """Another digit at the end of a number, and away with it again."""
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_End)
    for number in range(count):
        if number % 2:
            yield lambda: QTest.keyClick(field, Qt.Key.Key_Backspace)
        else:
            yield lambda number=number: QTest.keyClicks(field, str(number % 10))  # type: ignore[misc]


def dragging(widget: QWidget, start: QPoint, places: list[QPoint]) -> Iterator[Input]:
    """Press the left button at a place of the widget, move through others, and let go. Places
    are those of the screen as it was at the start: a widget that moves stays under the mouse."""
    ground = widget.mapToGlobal(QPoint(0, 0))
    yield lambda: _mouse(widget, QEvent.Type.MouseButtonPress, ground + start, _LEFT, _LEFT)
    for place in places:
        yield lambda place=place: _mouse(  # type: ignore[misc]
            widget, QEvent.Type.MouseMove, ground + place, _NONE, _LEFT
        )
    end = ground + (places[-1] if places else start)
    yield lambda: _mouse(widget, QEvent.Type.MouseButtonRelease, end, _LEFT, _NONE)


def to_and_fro(start: QPoint, reach: int, step: int, count: int) -> list[QPoint]:
    """So many places left and right of a place, at most `reach` pixels away."""
    found, offset, way = [], 0, step
    for _ in range(count):
        if abs(offset + way) > reach:
            way = -way
        offset += way
        found.append(start + QPoint(offset, 0))
    return found


def _mouse(
    widget: QWidget, kind: QEvent.Type, place: QPoint, button: Qt.MouseButton, held: Qt.MouseButton
) -> None:
    local = QPointF(widget.mapFromGlobal(place))
    event = QMouseEvent(
        kind, local, QPointF(place), button, held, Qt.KeyboardModifier.NoModifier
    )  # fmt: skip
    QApplication.sendEvent(widget, event)
