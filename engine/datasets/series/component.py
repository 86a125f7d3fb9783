"""The dataset component `series`: options, facts, and three splits of windows, by time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator

from engine.datasets.base import Dataset, Progress, SelfSplit, Splits, silent
from engine.datasets.optiongroups import group
from engine.datasets.series.options import (
    Calendar,
    Choices,
    Duplicates,
    Gaps,
    Resample,
    Rules,
    Scaling,
    Task,
)
from engine.datasets.series.source import find, licence
from engine.datasets.table.fileoptions import FileOptions
from engine.datasets.table.memory import MEMORY
from engine.datasets.table.notes import Note
from engine.datasets.table.options import Reading
from engine.datasets.table.source import Source
from engine.datasets.userpath import DataPath
from engine.facts import Facts
from engine.schema import FOUND, Component, option, register

if TYPE_CHECKING:
    from engine.datasets.series.arrange import Arranged
    from engine.datasets.series.prepare import Prepared
    from engine.datasets.series.view import SeriesView
    from engine.datasets.table.reading import RawTable


def _to_list(value: Any) -> Any:
    """One name is a list of one, which is easily written on the command line."""
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(value) if isinstance(value, list) else value


Columns = Annotated[tuple[str, ...], BeforeValidator(_to_list)]
Calendars = Annotated[tuple[Calendar, ...], BeforeValidator(_to_list)]


class SeriesOptions(Component):
    """The options of a series: a base, so that they come before those of the split."""

    path: DataPath = option(
        "", "The file, a row a time: CSV, Excel, Parquet or JSON; or sample:seattle_temps, "
        "sample:seattle_weather, sample:us_employment."
    )  # fmt: skip
    time_column: str = option(
        "",
        "The column of times; left empty, the first that holds dates, or the rows' order.",
        empty=FOUND,
    )
    task: Task = option("forecast", "Tell the steps that follow a window, or the window's class.")
    target: Columns = option(
        (), "The columns to forecast, or the column of classes, that of a window's last row "
        "counting; left empty, one called target, label, class or y, or the last that fits.",
        empty=FOUND,
    )  # fmt: skip
    window: int = option(24, "Steps that are seen.", ge=1, le=65_536, unit="steps")
    horizon: int = option(
        6, "Steps that are forecast; without effect on classes.", ge=1, le=10_000, unit="steps"
    )
    stride: int = option(
        1, "Steps from one window to the next.", ge=1, le=65_536, unit="steps", advanced=True
    )
    features: Columns = option(
        (),
        "Other columns that are seen; left empty, all that hold numbers; none: none of them.",
        empty="all with numbers",
    )
    known: Columns = option(
        (), "Columns that are known in the future, such as holidays: seen as far as the forecast "
        "goes."
    )  # fmt: skip
    calendar: Calendars = option(
        ("auto",), "Parts of the date that are seen, as sine and cosine; auto: those that the "
        "step of the series and its length speak for."
    )  # fmt: skip
    scaling: Scaling = option(
        "standard",
        "How columns are scaled: to mean 0 and deviation 1, to 0 to 1, by median and quartiles.",
    )
    gaps: Gaps = option(
        "forward",
        "What takes the place of a missing value: the last one before, the line between its "
        "neighbours (which tells of the later one), or the row is dropped; error: nothing may be "
        "missing.",
    )
    duplicates: Duplicates = option(
        "error", "What to do with rows of the same time: take their mean, or the first."
    )
    resample: Resample = option(
        "none", "Take the rows in even steps, as the mean of each; auto: in the usual step."
    )
    season: int | None = option(
        None,
        "Steps after which things come round, for the seasonal naive forecast; found by the "
        "step of the series unless given.",
        ge=1,
        unit="steps",
        advanced=True,
        typical=24,
    )
    missing: Columns = option(
        (), "Texts and numbers that also stand for a gap, such as -999.", advanced=True
    )


@register
class Series(SelfSplit, FileOptions, SeriesOptions):
    """Your own series of measurements: forecast what follows, or tell the class of a window."""

    title: ClassVar[str] = "Series file"
    names_columns: ClassVar[frozenset[str]] = frozenset(
        ["time_column", "target", "features", "known"]
    )
    name: Literal["series"] = "series"

    split_seed: int = option(
        0, "Without effect: a series is split by time, in one way.", ge=0, advanced=True
    )
    subset: int | None = option(
        None,
        "Use only this many samples of all splits together: the latest.",
        ge=10,
        unit="samples",
        advanced=True,
        typical=1000,
    )

    def facts(self) -> Facts:
        """Shape and targets as `build` gives them; the file is read when it is new or changed.

        Raises ProblemError when there is no file, or it is not a series to learn from.
        """
        from engine.datasets.series.arrange import facts_of

        return facts_of(self.arranged(), group(Rules, self), licence(self.path))

    def build(self, data_dir: Path, progress: Progress = silent) -> Splits:
        """Read, split by time, fit the scaling on the training rows; windows are views."""
        from engine.datasets.series.tensors import splits_of

        progress(f"Reading {find(self.path).path.name}", None)
        return splits_of(self.arranged(), self.facts())

    def column_names(self) -> tuple[str, ...]:
        """Those of the file, in order, whatever is made of them."""
        return tuple(map(str, self._raw(find(self.path)).frame.columns))

    # --- Steps, each remembered ----------------------------------------------------------------

    def arranged(self) -> Arranged:
        """The rows as samples are cut from them. Raises ProblemError."""
        from engine.datasets.series.arrange import arrange

        source, rules = find(self.path), group(Rules, self)
        key = (source, group(Reading, self), group(Choices, self), rules)
        return MEMORY.get(key, lambda: arrange(self._prepared(source), rules))

    def _prepared(self, source: Source) -> Prepared:
        from engine.datasets.series.prepare import prepare

        reading, choices = group(Reading, self), group(Choices, self)
        key = (source, reading, choices)
        return MEMORY.get(key, lambda: prepare(self._raw(source), choices))

    def _raw(self, source: Source) -> RawTable:
        from engine.datasets.table.reading import read

        reading = group(Reading, self)
        key = ("series", source, reading)  # read with fewer columns than a table may have
        return MEMORY.get(key, lambda: read(source, reading, least=1))


def series_notes(dataset: Dataset) -> tuple[Note, ...]:
    """What was assumed of a series and what is left out; ProblemError when it cannot be read."""
    if not isinstance(dataset, Series):
        return ()
    arranged = dataset.arranged()
    return (*arranged.prepared.notes, *arranged.notes)


def series_view(dataset: Dataset) -> SeriesView | None:
    """A series as it is shown; None of another dataset. ProblemError when it cannot be read."""
    from engine.datasets.series.view import view_of

    return view_of(dataset.arranged()) if isinstance(dataset, Series) else None
