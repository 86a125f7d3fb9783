"""The options of a table in groups: how the file is read, what the columns are, how they are
encoded. Each group is all that one step depends on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.datasets.optiongroups import group as group

Encoding = Literal["auto", "utf-8", "utf-16", "cp1252", "latin-1", "cp1250", "cp1251", "gb18030",
                   "shift_jis", "euc_kr"]  # fmt: skip
Delimiter = Literal["auto", "comma", "semicolon", "tab", "pipe"]
Decimal = Literal["auto", "point", "comma"]
Header = Literal["auto", "yes", "no"]
BrokenRows = Literal["error", "skip"]
Task = Literal["auto", "classes", "regression"]
Gaps = Literal["median", "mean", "most_frequent", "indicator", "drop"]
CategoryGaps = Literal["own", "most_frequent", "drop"]
CategoriesAs = Literal["one_hot", "codes"]
Scaling = Literal["standard", "minmax", "robust", "none"]
Kind = Literal["number", "category", "date", "text", "identifier", "other"]


@dataclass(frozen=True)
class Reading:
    """How a file is to be read."""

    delimiter: Delimiter = "auto"
    encoding: Encoding = "auto"
    decimal: Decimal = "auto"
    header: Header = "auto"
    sheet: str = ""
    broken_rows: BrokenRows = "error"


@dataclass(frozen=True)
class Choices:
    """What the user says of the columns."""

    target: str = ""
    task: Task = "auto"
    gaps: Gaps = "median"
    category_gaps: CategoryGaps = "own"
    numbers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def wishes(self) -> dict[str, Kind]:
        """The kind that the user says a column is of."""
        kinds: dict[Kind, tuple[str, ...]] = {
            "number": self.numbers, "category": self.categories, "date": self.dates,
        }  # fmt: skip
        return {name: kind for kind, names in kinds.items() for name in names}


@dataclass(frozen=True)
class Rules:
    """How rows are split and encoded."""

    test_fraction: float
    val_fraction: float
    split_seed: int
    subset: int | None
    gaps: Gaps
    category_gaps: CategoryGaps
    categories_as: CategoriesAs
    rare: int
