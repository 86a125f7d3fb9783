"""From a table as read to a series: its rows by time, its columns as numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.datasets.series.columns import Chosen, chosen_columns
from engine.datasets.series.options import Choices, Duplicates, Resample
from engine.datasets.series.regular import Rows, merged, regular
from engine.datasets.series.step import Step, Times, step_of, when
from engine.datasets.series.times import Clock, check_duplicates, clock_of, in_order
from engine.datasets.table.notes import Note
from engine.datasets.table.reading import RawTable
from engine.problems import Problem, ProblemError
from engine.wording import counted

LEAST_ROWS = 10
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Prepared:
    """A series. `times` (T,) sorted, all different; `columns` by name (T,), nan where there is a
    gap, the `targets` of a forecast first; `known` are those whose future is known. Where windows
    are classified `codes` (T,) are places in `labels`. `irregular` counts the rows that are not
    one `step` after the one before, `gaps` the missing values."""

    times: Times
    step: Step
    columns: dict[str, Floats]
    targets: tuple[str, ...]
    known: tuple[str, ...]
    labels: tuple[str, ...]
    codes: npt.NDArray[np.int64] | None
    time_column: str
    form: str
    utc: bool
    decimal: str
    missing: tuple[str, ...]
    duplicates: Duplicates
    resample: Resample
    irregular: int
    gaps: int
    notes: tuple[Note, ...]

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.times)

    @property
    def even(self) -> bool:
        """Whether most rows are one step after the one before."""
        return 2 * self.irregular < self.rows

    @property
    def bytes(self) -> int:
        """What it takes in memory."""
        return 8 * self.rows * (len(self.columns) + 2)


def prepare(table: RawTable, choices: Choices) -> Prepared:
    """Find the times and the columns, and bring the rows into order. Raises ProblemError."""
    clock = clock_of(table, choices)
    chosen = chosen_columns(table, choices, clock.column)
    notes = [*table.notes, *clock.notes, *chosen.notes]
    rows = _rows(clock, chosen, choices, notes)
    if len(rows.times) < LEAST_ROWS:
        sentence = f"{table.name} has {counted(len(rows.times), 'row')} to learn from"
        hint = f"it takes {LEAST_ROWS}; rows with gaps may have been dropped"
        raise ProblemError(Problem("dataset.path", sentence, hint))
    step = step_of(rows.times)
    if choices.resample != "none":
        rows, step = regular(rows, step, choices.resample, notes)
    irregular = _uneven(clock, rows.times, step, choices, notes)
    return Prepared(
        rows.times, step, rows.columns, chosen.targets, chosen.known, chosen.labels, rows.codes,
        clock.column, clock.form, clock.utc, table.decimal, choices.missing, choices.duplicates,
        choices.resample, irregular, _gaps(rows, choices, notes), tuple(notes),
    )  # fmt: skip


def _rows(clock: Clock, chosen: Chosen, choices: Choices, notes: list[Note]) -> Rows:
    """The rows that have a time, sorted, each time once."""
    keep = clock.given.copy()
    if choices.gaps == "drop":
        gap = np.zeros(len(keep), bool)
        for column in chosen.columns.values():
            gap |= np.isnan(column)
        if chosen.codes is not None:
            gap |= chosen.codes < 0
        if (gap & keep).any():
            said = f"Left out: {counted(int((gap & keep).sum()), 'row')} with gaps"
            notes.append(Note("", said, lost=True))
        keep &= ~gap
    order = in_order(clock, np.flatnonzero(keep), notes)
    times = clock.times[order]
    new = check_duplicates(clock, times, choices.duplicates, notes)
    codes = None if chosen.codes is None else chosen.codes[order]
    rows = Rows(times, {name: found[order] for name, found in chosen.columns.items()}, codes)
    if new.all():
        return rows
    if choices.duplicates == "first":
        return rows.taken(np.flatnonzero(new))
    return merged(rows, np.cumsum(new) - 1, times[new])


def _uneven(clock: Clock, times: Times, step: Step, choices: Choices, notes: list[Note]) -> int:
    """How many rows are not one step after the one before, and where the first of them is."""
    if not clock.column:
        return 0
    uneven = np.flatnonzero(np.abs(step.apart(times) - 1) > 1e-6)
    if len(uneven):
        here, after = when(times[uneven[0] + 1]), when(times[uneven[0]])
        said = f"{counted(len(uneven), 'row')} not {step} after the one before, the first at "
        said += f"{here} after {after}; dataset.resample makes the steps even"
        notes.append(Note(clock.column, said))
    return len(uneven)


def _gaps(rows: Rows, choices: Choices, notes: list[Note]) -> int:
    """How many values are missing. Raises ProblemError where none may be."""
    total = 0
    for name, values in rows.columns.items():
        places = np.flatnonzero(np.isnan(values))
        if not len(places):
            continue
        total += len(places)
        first = f"the first at {when(rows.times[places[0]])}"
        if choices.gaps == "error":
            sentence = f"{name!r} has {counted(len(places), 'gap')}, {first}"
            hint = "set dataset.gaps to forward, interpolate or drop"
            raise ProblemError(Problem("dataset.gaps", sentence, hint))
        filled = "filled with the last value before"
        if choices.gaps == "interpolate":
            filled = "filled between the values around them, of which a forecast in time would "
            filled += "not know the later"
        notes.append(Note(name, f"{counted(len(places), 'gap')}, {first}: {filled}"))
    return total
