"""Counts, units and a validator's own words."""

from __future__ import annotations

import pytest

from engine.wording import counted, own_words, unit_of


@pytest.mark.parametrize(
    ("count", "noun", "said"),
    [
        (1, "epoch", "1 epoch"),
        (0, "step", "0 steps"),
        (1200, "step", "1,200 steps"),
        (1, "class", "1 class"),
        (3, "class", "3 classes"),
        (2, "batch", "2 batches"),
        (1.0, "epoch", "1 epoch"),
        (2.5, "epoch", "2.5 epochs"),
        (1234567, "parameter", "1,234,567 parameters"),
    ],
)
def test_a_count_has_its_noun(count: float, noun: str, said: str) -> None:
    assert counted(count, noun) == said


@pytest.mark.parametrize(
    ("units", "count", "said"),
    [
        ("epochs", 1, "epoch"),
        ("epochs", 1.0, "epoch"),
        ("epochs", 2, "epochs"),
        ("epochs", None, "epochs"),
        ("epochs", "1x", "epochs"),
        ("batches", 1, "batch"),
        ("processes", 1, "process"),
        ("MB", 1, "MB"),
        ("deviations of the target", 1, "deviation of the target"),
    ],
)
def test_a_unit_stands_beside_its_value(units: str, count: object, said: str) -> None:
    assert unit_of(units, count) == said


def test_what_pydantic_puts_in_front_is_taken_away() -> None:
    assert own_words("Value error, it is too long") == "it is too long"
    assert own_words("Assertion failed, it is too long") == "it is too long"
    assert own_words("It is a value error") == "It is a value error"
