"""A series as it is shown: its values, where its parts begin, what was found in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.datasets.series.arrange import Arranged
from engine.datasets.series.step import Times, when


@dataclass(frozen=True, eq=False)
class SeriesView:
    """`times` (T,) datetime64[s] or numbers, `values` (T, columns) float64 in the data's units,
    nan where the file has a gap, `columns` their names, `targets` those that are forecast.

    Training rows are `first` to `val`, validation rows end at `test`, all are row numbers. Of
    classes `codes` (T,) are places in `labels`, -1 for none. `season` is in steps, None without.
    """

    times: Times
    columns: tuple[str, ...]
    values: npt.NDArray[np.float64]
    targets: tuple[str, ...]
    known: tuple[str, ...]
    first: int
    val: int
    test: int
    window: int
    horizon: int
    stride: int
    time_column: str
    step: str
    season: int | None
    irregular: int
    gaps: int
    labels: tuple[str, ...] = ()
    codes: npt.NDArray[Any] | None = None

    def when(self, row: int) -> str:
        """The time of a row in words: ISO 8601, or its number."""
        return when(self.times[row])


def view_of(arranged: Arranged) -> SeriesView:
    """The view of an arranged series."""
    prepared, layout = arranged.prepared, arranged.layout
    return SeriesView(
        times=prepared.times,
        columns=tuple(prepared.columns),
        values=np.column_stack(list(prepared.columns.values())),
        targets=prepared.targets,
        known=prepared.known,
        first=layout.first,
        val=layout.val,
        test=layout.test,
        window=layout.window,
        horizon=arranged.ahead,
        stride=layout.stride,
        time_column=prepared.time_column,
        step=str(prepared.step),
        season=arranged.season,
        irregular=prepared.irregular,
        gaps=prepared.gaps,
        labels=prepared.labels,
        codes=prepared.codes,
    )
