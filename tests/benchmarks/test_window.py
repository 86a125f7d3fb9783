"""How the real window is driven and watched, here with single widgets."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QLineEdit, QSplitter, QWidget

from benchmarks.window import frames, hands
from benchmarks.window.ticks import Ticks


def test_typing_reaches_a_field_and_is_painted(qtbot):
    field = QLineEdit()
    qtbot.addWidget(field)
    field.show()
    found = frames.frame_times(field, hands.typing(field, 6), field.text)
    assert field.text() == "abcf"
    assert len(found) == 6
    assert all(frame.cpu > 0 and frame.wall > 0 for frame in found)


def test_digits_come_and_go(qtbot):
    field = QLineEdit("64")
    qtbot.addWidget(field)
    field.show()
    seen = []
    for act in hands.digits(field, 4):
        act()
        seen.append(field.text())
    assert seen == ["640", "64", "642", "64"]


def test_a_splitter_follows_the_mouse_that_holds_it(qtbot):
    split = QSplitter(Qt.Orientation.Horizontal)
    qtbot.addWidget(split)
    for _ in range(2):
        split.addWidget(QWidget())
    split.resize(400, 100)
    split.show()
    handle, before = split.handle(1), split.sizes()
    start = handle.rect().center()
    for act in hands.dragging(handle, start, [start + QPoint(10, 0), start + QPoint(30, 0)]):
        act()
    assert split.sizes()[0] == before[0] + 30


def test_places_go_to_and_fro_within_reach():
    places = hands.to_and_fro(QPoint(100, 5), 20, 10, 8)
    assert [place.x() for place in places] == [110, 120, 110, 100, 90, 80, 90, 100]


def test_inputs_that_change_nothing_are_an_error(qtbot, monkeypatch):
    monkeypatch.setattr(frames, "NOTHING_S", 0.05)
    field = QLineEdit()
    qtbot.addWidget(field)
    field.show()
    with pytest.raises(RuntimeError, match="3 inputs of 3 changed nothing"):
        frames.frame_times(field, [field.update] * 3, field.text)


def test_a_frame_is_over_when_it_shows_the_input(qtbot):
    field, seen = QLineEdit(), []
    qtbot.addWidget(field)
    field.show()

    def act() -> None:
        field.update()  # a frame of something else
        QTimer.singleShot(50, lambda: field.setText(field.text() + "x"))

    def acting():
        for _ in range(3):
            yield act
            seen.append(field.text())

    assert len(frames.frame_times(field, acting(), field.text)) == 3
    assert seen == ["x", "xx", "xxx"]


def test_ticks_tell_how_late_they_were(qtbot):
    ticks = Ticks()
    qtbot.wait(60)
    late = ticks.end()
    assert late["ticks"] > 1
    assert 0 <= late["late_p50_ms"] <= late["late_p99_ms"] <= late["late_max_ms"]
