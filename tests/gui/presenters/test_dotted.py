from __future__ import annotations

import pytest

from gui.presenters.dotted import is_within, value_at, with_value

DATA = {"optimizer": {"lr": 0.1, "schedule": {"name": "step"}}, "name": "x"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", "x"),
        ("optimizer.lr", 0.1),
        ("optimizer.schedule.name", "step"),
        ("optimizer.nothing", None),
        ("name.deeper", None),
    ],
)
def test_reads_a_path_or_nothing(path: str, value: object) -> None:
    assert value_at(DATA, path) == value


def test_replacing_copies_only_what_is_on_the_path() -> None:
    changed = with_value(DATA, "optimizer.lr", 0.5)
    assert changed["optimizer"]["lr"] == 0.5
    assert DATA["optimizer"]["lr"] == 0.1
    assert changed["optimizer"]["schedule"] is DATA["optimizer"]["schedule"]


@pytest.mark.parametrize(
    ("path", "prefix", "within"),
    [
        ("a.b", "a.b", True),
        ("a.b[1]", "a.b", True),
        ("a.b.c", "a.b", True),
        ("a.bc", "a.b", False),
        ("a", "a.b", False),
    ],
)
def test_a_field_holds_its_items_and_parts(path: str, prefix: str, within: bool) -> None:
    assert is_within(path, prefix) is within
