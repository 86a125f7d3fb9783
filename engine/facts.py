"""What is known of a dataset before it is loaded: enough to size a model and to find mismatches."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Literal

Kind = Literal["image", "table", "text", "series"]
Task = Literal["classes", "multilabel", "regression", "tokens"]

HIGHER_IS_BETTER = {"loss": False, "mae": False, "rmse": False, "accuracy": True,
                    "top5_accuracy": True, "f1": True, "r2": True, "perplexity": False,
                    "bits_per_character": False, "mae_vs_naive": False,
                    "mae_vs_seasonal_naive": False}  # fmt: skip
"""Which direction of a metric is the good one, by its name without the split."""


@dataclass(frozen=True)
class Facts:
    """A dataset in a few numbers.

    `shape` is that of one sample without the batch: (channels, height, width) for an image,
    (features,) for a table, (length,) for a text, (window, channels) for a series.
    `targets` names the classes, or the target columns of a regression; of a forecast, each target
    at each step ahead, all targets of the first step first. With the task `tokens`, the next of
    each token is to be told: `targets` are the texts of the tokens, in the order of their numbers.
    `official_test` is how many of the `samples` are the dataset's own test part (0: none).
    `download` is the number of bytes to fetch when the data is not on disk (0: embedded).
    `encoding` says how the user's own row or text becomes the numbers of a sample, as JSON (the
    dataset's package reads it); it is known once the data is loaded.
    `cardinalities` says of the last features of a table that each is the number of a category, and
    how many different numbers there are: from 0, which stands for a rare or unknown one.
    `vocabulary` is how many different tokens a text is made of, their numbers counted from 0; of a
    text to classify, 0 is padding and 1 an unknown token.
    `horizon` is how many steps ahead are forecast, `target_channels` which of a series' channels,
    `baselines` the simple forecasts (naive, seasonal_naive) that the error is compared with.
    `brightest` is the largest value that a pixel of an image can have.
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
    cardinalities: tuple[int, ...] = ()
    vocabulary: int = 0
    horizon: int = 0
    target_channels: tuple[int, ...] = ()
    baselines: tuple[str, ...] = ()
    brightest: int = 255

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
            beside = (f"mae_vs_{name}" for name in self.baselines)
            return ("loss", "mae", "rmse", "r2", *beside)
        if self.task == "tokens":
            return ("loss", "accuracy", "perplexity", "bits_per_character")
        top5 = ("top5_accuracy",) if self.task == "classes" and len(self.targets) > 5 else ()
        return ("loss", "accuracy", *top5, "f1")

    @property
    def main_metric(self) -> str:
        """The metric that is shown beside the loss and that `best` follows."""
        if self.task == "tokens":
            return "perplexity"
        if self.task == "regression":
            return "mae" if self.kind == "series" else "r2"
        return "accuracy"
