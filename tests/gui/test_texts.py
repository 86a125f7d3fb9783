from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui import texts


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3e-4, "3e-4"),
        (0.003, "0.003"),
        (1e-8, "1e-8"),
        (1.5e-5, "1.5e-5"),
        (64.0, "64"),
        (2e6, "2e6"),
        (0.0, "0"),
        (-2e-5, "-2e-5"),
    ],
)
def test_decimals_are_short(value: float, text: str) -> None:
    assert texts.decimal(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_decimals_read_back_as_the_same_number(value: float) -> None:
    assert float(texts.decimal(value)) == value


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (texts.duration(42), "0:42"),
        (texts.duration(3725), "1:02:05"),
        (texts.size(1_234_567_890), "1.2 GB"),
        (texts.size(38_000), "38 kB"),
        (texts.size(312), "312 B"),
        (texts.whole(18_400.4), "18,400"),
        (texts.compact(9514), "9.5 k"),
        (texts.significant(0.0613), "0.0613"),
        (texts.significant(12.345), "12.3"),
        (texts.significant(1.234e-5), "1.23e-5"),
        (texts.metric("val_accuracy", 0.986), "98.6 %"),
        (texts.metric("val_top5_accuracy", 1.0), "100.0 %"),
        (texts.metric("val_loss", 0.0613), "0.0613"),
        (texts.metric("test_accuracy", float("nan")), "nan"),
        (texts.plain([64, 32]), "[64, 32]"),
        (texts.plain(None), "off"),
        (texts.title("lr"), "learning rate"),
    ],
)
def test_numbers_as_people_read_them(made: str, text: str) -> None:
    assert made == text


def test_paths_are_said_as_the_form_says_them() -> None:
    assert texts.place("dataset.test_fraction") == "test part of the dataset"
    assert texts.place("architecture.hidden[1]") == "hidden of the architecture"
    assert texts.place("optimizer.name") == "optimizer"
    assert texts.place("regularization.augmentation.1.degrees") == "degrees of augmentation 2"
    assert texts.spoken("Try a lower optimizer.lr.") == (
        "Try a lower learning rate of the optimizer."
    )
    assert texts.spoken("See regularization.augmentation.0.") == (
        "See augmentation 1 of the regularization."
    )
