from __future__ import annotations

from gui.presenters.history import LIMIT, History


def test_undo_and_redo_walk_the_same_states() -> None:
    history: History[int] = History()
    history.remember(0, "first")
    history.remember(1, "second")
    assert history.undo_what == "second"
    assert history.undo(2) == 1
    assert history.undo(1) == 0
    assert history.redo(0) == 1
    assert history.redo(1) == 2
    assert history.redo_what == ""


def test_changes_of_one_thing_in_a_row_are_one_step() -> None:
    history: History[str] = History()
    history.remember("", "lr", merge_key="optimizer.lr")
    history.remember("0", "lr", merge_key="optimizer.lr")
    assert history.undo("0.1") == ""


def test_a_sealed_step_is_not_merged_into() -> None:
    history: History[str] = History()
    history.remember("a", "lr", merge_key="lr")
    history.seal()
    history.remember("b", "lr", merge_key="lr")
    assert history.undo("c") == "b"


def test_a_new_change_forgets_what_was_undone() -> None:
    history: History[int] = History()
    history.remember(0, "x")
    history.undo(1)
    history.remember(0, "y")
    assert history.redo_what == ""


def test_nothing_to_undo_leaves_the_state() -> None:
    history: History[int] = History()
    assert history.undo(5) == 5


def test_the_oldest_steps_are_forgotten() -> None:
    history: History[int] = History()
    for state in range(LIMIT + 10):
        history.remember(state, "x")
    state = LIMIT + 10
    while history.undo_what:
        state = history.undo(state)
    assert state == 10
