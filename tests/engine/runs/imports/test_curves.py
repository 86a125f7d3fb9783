"""The names that imported metrics get."""

from __future__ import annotations

import numpy as np
import pytest

from engine.runs.imports.curves import familiar_names
from engine.runs.metriclog import POINT, Points


def points(value: float = 0.5) -> Points:
    made = np.zeros(2, POINT)
    made["value"] = value
    return made


@pytest.mark.parametrize(
    ("name", "here"),
    [
        ("train_loss", "train_loss"), ("Loss/train", "train_loss"), ("train/loss", "train_loss"),
        ("Validation/Acc", "val_accuracy"), ("valid_loss", "val_loss"), ("test.f1", "test_f1"),
        ("train_loss_step", "train_loss"), ("val_acc_epoch", "val_accuracy"), ("lr-AdamW", "lr"),
        ("learning_rate", "lr"), ("Learning Rate", "lr"), ("lr-SGD/pg1", "lr-SGD/pg1"),
        ("loss", "loss"), ("train", "train"), ("training_speed", "train_speed"),
        ("GPU memory", "GPU memory"), ("", ""),
    ],
)  # fmt: skip
def test_familiar_names(name: str, here: str) -> None:
    assert familiar_names({name: points()}) == {name: here}


def test_two_metrics_never_get_the_same_name() -> None:
    names = ["Loss/train", "train_loss", "train/loss", "lr-Adam", "lr"]
    assert familiar_names({name: points() for name in names}) == {
        "Loss/train": "Loss/train", "train_loss": "train_loss", "train/loss": "train/loss",
        "lr-Adam": "lr-Adam", "lr": "lr",
    }  # fmt: skip


def test_of_both_ways_of_logging_training_goes_by_step_and_validation_by_epoch() -> None:
    names = ["train_loss_epoch", "train_loss_step", "val_loss_step", "val_loss_epoch"]
    assert familiar_names({name: points() for name in names}) == {
        "train_loss_epoch": "train_loss_epoch", "train_loss_step": "train_loss",
        "val_loss_step": "val_loss_step", "val_loss_epoch": "val_loss",
    }  # fmt: skip


def test_an_accuracy_in_percent_is_not_taken_for_a_share() -> None:
    assert familiar_names({"val_acc": points(97.5)}) == {"val_acc": "val_acc"}
