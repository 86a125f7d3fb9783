"""What is known of a dataset before it is loaded: enough to size a model and to find mismatches."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Literal

Kind = Literal["image", "table"]
Task = Literal["classes", "multilabel", "regression"]

HIGHER_IS_BETTER = {"loss": False, "mae": False, "rmse": False, "accuracy": True,
                    "top5_accuracy": True, "f1": True, "r2": True}  # fmt: skip
"""Which direction of a metric is the good one, by its name without the split."""


@dataclass(frozen=True)
class Facts:
    """A dataset in a few numbers.

    `shape` is that of one sample without the batch: (channels, height, width) for an image,
    (features,) for a table. `targets` names the classes, or the target columns of a regression.
    `official_test` is how many of the `samples` are the dataset's own test part (0: none).
    `download` is the number of bytes to fetch when the data is not on disk (0: embedded).
    `encoding` says how a row of the user's own table becomes the features, as JSON (engine/
    datasets/table/rows.py reads it); it is known once the data is loaded.
    """

    kind: Kind
    shape: tuple[int, ...]
    task: Task
    targets: tuple[str, ...]
    samples: int
    features: tuple[str, ...] = ()
    download: int = 0
    licence: str = ""
    official_test: int = 0
    encoding: str = ""

    @property
    def inputs(self) -> int:
        """How many numbers one sample has."""
        return prod(self.shape)

    @property
    def binary(self) -> bool:
        """Whether there are exactly two classes."""
        return self.task == "classes" and len(self.targets) == 2

    @property
    def metrics(self) -> tuple[str, ...]:
        """What is measured of this task on every split, the loss first."""
        if self.task == "regression":
            return ("loss", "mae", "rmse", "r2")
        top5 = ("top5_accuracy",) if self.task == "classes" and len(self.targets) > 5 else ()
        return ("loss", "accuracy", *top5, "f1")

    @property
    def main_metric(self) -> str:
        """The metric that is shown beside the loss and that `best` follows."""
        return "r2" if self.task == "regression" else "accuracy"
