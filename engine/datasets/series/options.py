"""The options of a series in groups: what the columns are, and how samples are cut from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.datasets.optiongroups import group as group

Task = Literal["forecast", "classes"]
Gaps = Literal["forward", "interpolate", "drop", "error"]
Duplicates = Literal["error", "mean", "first"]
Resample = Literal["none", "auto", "minute", "hour", "day", "week", "month"]
Scaling = Literal["standard", "minmax", "robust", "none"]
Part = Literal["hour", "weekday", "day_of_year", "month"]
Calendar = Literal["auto", "none", "hour", "weekday", "day_of_year", "month"]

NONE = "none"
"""Stands in `features` for no other column at all."""


@dataclass(frozen=True)
class Choices:
    """What the user says of the rows and columns."""

    time_column: str = ""
    target: tuple[str, ...] = ()
    task: Task = "forecast"
    features: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    gaps: Gaps = "forward"
    duplicates: Duplicates = "error"
    resample: Resample = "none"
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rules:
    """How rows become samples."""

    window: int
    horizon: int
    stride: int
    task: Task
    gaps: Gaps
    calendar: tuple[Calendar, ...]
    season: int | None
    scaling: Scaling
    test_fraction: float
    val_fraction: float
    subset: int | None

    @property
    def ahead(self) -> int:
        """Steps that are forecast: none of them where a window is classified."""
        return self.horizon if self.task == "forecast" else 0

    @property
    def span(self) -> int:
        """Rows of one sample, inputs and targets together."""
        return self.window + self.ahead
