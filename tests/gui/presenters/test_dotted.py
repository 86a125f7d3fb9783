from __future__ import annotations

import pytest

from gui.presenters.dotted import is_within, value_at, with_value

DATA = {
    "optimizer": {"lr": 0.1, "schedule": {"name": "step"}},
    "name": "x",
    "steps": [{"name": "flip", "p": 0.5}, {"name": "rotate"}],
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", "x"),
        ("optimizer.lr", 0.1),
        ("optimizer.schedule.name", "step"),
        ("optimizer.nothing", None),
        ("name.deeper", None),
        ("steps.0.p", 0.5),
        ("steps.1.name", "rotate"),
        ("steps.2.name", None),
        ("steps.first", None),
    ],
)
def test_reads_a_path_or_nothing(path: str, value: object) -> None:
    assert value_at(DATA, path) == value


def test_replacing_copies_only_what_is_on_the_path() -> None:
    changed = with_value(DATA, "optimizer.lr", 0.5)
    assert changed["optimizer"]["lr"] == 0.5
    assert DATA["optimizer"]["lr"] == 0.1
    assert changed["optimizer"]["schedule"] is DATA["optimizer"]["schedule"]


def test_replacing_in_a_list() -> None:
    changed = with_value(DATA, "steps.0.p", 1.0)
    assert changed["steps"] == [{"name": "flip", "p": 1.0}, {"name": "rotate"}]
    assert DATA["steps"][0]["p"] == 0.5  # type: ignore[index]
    assert changed["steps"][1] is DATA["steps"][1]  # type: ignore[index]
    assert with_value(DATA, "steps.2.p", 1.0) == DATA  # there is no third one


@pytest.mark.parametrize(
    ("path", "prefix", "within"),
    [
        ("a.b", "a.b", True),
        ("a.b[1]", "a.b", True),
        ("a.b.c", "a.b", True),
        ("a.bc", "a.b", False),
        ("a.1.b", "a.1", True),
        ("a.10.b", "a.1", False),
        ("a", "a.b", False),
    ],
)
def test_a_field_holds_its_items_and_parts(path: str, prefix: str, within: bool) -> None:
    assert is_within(path, prefix) is within
