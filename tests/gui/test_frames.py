"""Frames come less often while they come late, but never so seldom that a step is seen late."""

from __future__ import annotations

from gui.frames import FRAME_MS, SLOWEST_MS, FrameTimer, next_interval


def test_late_frames_come_less_often_up_to_a_limit():
    intervals = [FRAME_MS]
    for _frame in range(10):
        intervals.append(next_interval(intervals[-1], 0.04))
    assert intervals == sorted(intervals)
    assert intervals[1] > FRAME_MS
    assert intervals[-1] == SLOWEST_MS


def test_with_frames_in_time_it_recovers():
    interval = SLOWEST_MS
    for _frame in range(40):
        interval = next_interval(interval, 0.002)
    assert interval == FRAME_MS


def test_it_runs_and_rests(qtbot):
    timer, frames = FrameTimer(), []
    timer.due.connect(lambda: frames.append(1))
    timer.run(True)
    qtbot.waitUntil(lambda: len(frames) >= 2)
    timer.run(True)  # goes on
    timer.run(False)
    count = len(frames)
    qtbot.wait(3 * FRAME_MS)
    assert len(frames) == count
