from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.forms.numbers import (
    Bounds,
    Decimals,
    Numbers,
    Rates,
    WholeNumbers,
    parse_list,
    show_list,
)

UNIT = Bounds(ge=0, lt=1)


@pytest.mark.parametrize(
    ("numbers", "text", "value"),
    [
        (WholeNumbers(), "64", 64),
        (WholeNumbers(), " 64 ", 64),
        (WholeNumbers(), "2.5", 2.5),
        (WholeNumbers(), "sixty", "sixty"),
        (WholeNumbers(), "", ""),
        (Decimals(), "3", 3.0),
        (Decimals(), "0,5", "0,5"),
        (Rates(), "1e-3", 0.001),
        (Rates(), "1e-", "1e-"),
    ],
)
def test_takes_numbers_and_keeps_what_is_none(numbers: Numbers, text: str, value: object) -> None:
    assert numbers.parse(text) == value
    assert type(numbers.parse(text)) is type(value)


@pytest.mark.parametrize(
    ("numbers", "value", "steps", "reached"),
    [
        (WholeNumbers(Bounds(ge=1, le=10)), 9, 5, 10),
        (WholeNumbers(Bounds(ge=1)), 1, -1, 1),
        (WholeNumbers(Bounds(ge=1)), "x", 1, 1),
        (Decimals(UNIT), 0.15, 1, 0.2),
        (Decimals(UNIT), 0.95, 1, 0.95),
        (Decimals(UNIT), 0.999, -1, 0.998),
        (Decimals(UNIT), 0.1, -5, 0.0),
        (Decimals(Bounds(gt=0, le=1e6)), 1.0, 1, 1.1),
        (Decimals(Bounds(gt=0)), 20.0, 1, 21.0),
        (Decimals(Bounds(gt=0, le=1)), 0.05, -1, 0.05),
        (Rates(Bounds(gt=0)), 1e-3, 1, 2e-3),
        (Rates(Bounds(gt=0)), 2e-3, -1, 1e-3),
        (Rates(Bounds(gt=0)), 1e-3, -1, 5e-4),
        (Rates(Bounds(gt=0)), 3e-4, 10, 3e-3),
        (Rates(Bounds(gt=0)), 7e-4, 1, 1e-3),
        (Rates(Bounds(ge=0, le=10)), 0.0, 1, 1e-6),
        (Rates(Bounds(ge=0, le=10)), 1e-6, -1, 0.0),
        (Rates(Bounds(ge=0, le=10)), 10.0, 1, 10.0),
        (Rates(Bounds(gt=0)), 1e-6, -1, 5e-7),
        (Rates(Bounds(gt=0)), "1e-", 1, 1e-3),
    ],
)
def test_steps_within_the_bounds(
    numbers: Numbers, value: object, steps: int, reached: object
) -> None:
    assert numbers.step(value, steps) == pytest.approx(reached, rel=1e-9)  # type: ignore[arg-type]


@given(st.floats(1e-12, 1e3), st.sampled_from([-10, -3, -1, 1, 3, 10]))
def test_a_rate_never_leaves_its_bounds_and_always_shows_back(value: float, steps: int) -> None:
    rates = Rates(Bounds(gt=0, le=1000))
    reached = rates.step(value, steps)
    assert 0 < float(reached) <= 1000
    assert rates.parse(rates.show(reached)) == reached


@pytest.mark.parametrize("numbers", [WholeNumbers(), Decimals(), Decimals(UNIT), Rates()])
@given(value=st.floats() | st.text(max_size=8) | st.integers(), steps=st.integers(-10, 10))
def test_no_value_that_can_be_typed_breaks_the_arrows(
    numbers: Numbers, value: float | str, steps: int
) -> None:
    numbers.step(value, steps)


@pytest.mark.parametrize("numbers", [WholeNumbers(), Decimals(), Rates()])
@pytest.mark.parametrize("text", ["9" * 400, "9" * 5000, "-" + "9" * 30, "1e999", "nan", "٣"])
def test_no_text_that_can_be_pasted_breaks_the_entry(numbers: Numbers, text: str) -> None:
    value = numbers.parse(text)
    numbers.show(value)
    numbers.step(value, 1)
    numbers.step(value, -1)


def test_a_step_up_and_down_comes_back_on_the_ladder() -> None:
    rates = Rates(Bounds(gt=0))
    assert rates.step(rates.step(3e-4, 7), -7) == 3e-4


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("64, 32", [64, 32]),
        ("[64, 32]", [64, 32]),
        ("64 32", [64, 32]),
        ("64,", [64]),
        ("", []),
        ("[]", []),
        ("64, x", [64, "x"]),
        ("64,,32", [64, "", 32]),
        ("0.5, 1", [0.5, 1]),
    ],
)
def test_lists_are_read_as_written(text: str, values: list[object]) -> None:
    assert parse_list(text, "int_list") == values


def test_lists_are_shown_without_brackets() -> None:
    assert show_list([64, 32]) == "64, 32"
    assert show_list([]) == ""


def test_bounds_in_words() -> None:
    assert UNIT.sentence() == "from 0, below 1"
    assert Bounds(gt=0, le=1000).sentence() == "above 0, up to 1000"
    assert Bounds().sentence() == ""
