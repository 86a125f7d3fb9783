"""A window of raw rows encoded as the windows were that a model has learned from. Needs no file,
no pandas and no torch: only what an exported model says of its encoding."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.datasets.series import calendar
from engine.datasets.series.gaps import forward
from engine.datasets.series.regular import Rows, merged, regular
from engine.datasets.series.step import Step, Times, all_when, step_of
from engine.datasets.series.zones import offset
from engine.datasets.table.values import label, number, plain_date
from engine.problems import Problem, ProblemError
from engine.wording import counted

ENCODING_FORMAT = 1
_ALIKE = 0.01
"""How far the usual distance of two rows may be from a step, as a part of it."""
_HINT = "give the last rows of the series, oldest first, and the rows to come where they are known"


def encode_window(
    encoding: Mapping[str, Any] | str, rows: Sequence[Mapping[str, Any]]
) -> npt.NDArray[np.float32]:
    """The input that a model takes, before its own scaling: (1, window, channels).

    `encoding` is the JSON in `Facts.encoding`, read or not. `rows`, each a value by column, are
    `window` rows in order of time, and behind them the `horizon` rows to come where columns are
    known in the future; what else stands in those is not read. A missing value is that of the row
    before. Raises ProblemError when rows or times are missing.
    """
    about: Mapping[str, Any] = json.loads(encoding) if isinstance(encoding, str) else encoding
    window, ahead = int(about["window"]), int(about["horizon"])
    future = len(rows) == window + ahead
    if not future and (len(rows) != window or (about["known"] and ahead)):
        needed = f"{window + ahead:,}" if about["known"] else f"{window:,} or {window + ahead:,}"
        sentence = f"A window takes {needed} rows, and {len(rows):,} are given"
        raise ProblemError(Problem("rows", sentence, _HINT))
    channels = [_column(about, name, rows[:window]) for name in about["past"]]
    channels += [_column(about, name, rows)[-window:] for name in about["known"]]
    if about["calendar"]:
        times = _times(about, rows if future else rows[:window], window + ahead)
        channels += list(calendar.waves(times, about["calendar"])[-window:].T)
    return np.stack(channels, axis=1)[None].astype(np.float32)


def rows_in_order(
    encoding: Mapping[str, Any] | str, rows: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """The rows of a file as those were that a model has learned from: by time, each time once, and
    in even steps where it saw such. Raises ProblemError when a row has no time."""
    about: Mapping[str, Any] = json.loads(encoding) if isinstance(encoding, str) else encoding
    column = about["time_column"]
    if not column or not rows:
        return list(rows)
    moments = _moments(about, rows)
    order = np.argsort(moments, kind="stable")
    times = moments[order]
    new = np.append(True, times[1:] != times[:-1])
    wanted = about.get("resample", "none")
    if new.all() and wanted == "none":
        return [rows[place] for place in order.tolist()]
    names = (*about["past"], *about["known"])
    values = {name: np.array([_number(about, rows[place].get(name)) for place in order.tolist()])
              for name in names}  # fmt: skip
    found = _each_once(Rows(times, values, None), new, about)
    if wanted != "none":
        found, _ = regular(found, Step(**about["step"]), wanted, [])
    return [{column: found.times[place].item(), **{name: values[place] for name, values
             in found.columns.items()}} for place in range(len(found.times))]  # fmt: skip


def times_ahead(
    encoding: Mapping[str, Any] | str, rows: Sequence[Mapping[str, Any]]
) -> tuple[str, ...]:
    """When the steps are that `encode_window` of these rows is asked for, oldest first, in words;
    empty where the rows have no times, or nothing is forecast."""
    about: Mapping[str, Any] = json.loads(encoding) if isinstance(encoding, str) else encoding
    window, ahead = int(about["window"]), int(about["horizon"])
    if not about["time_column"] or not ahead:
        return ()
    times = _moments(about, rows[window:] or rows[-1:])
    if len(rows) == window:
        times = Step(**about["step"]).after(times[0], ahead)
    zone = "Z" if about.get("utc") else ""
    return tuple(f"{text}{zone}" for text in all_when(times))


def uneven_with(
    encoding: Mapping[str, Any] | str, rows: Sequence[Mapping[str, Any]]
) -> tuple[Step, Step] | None:
    """The usual step of rows in order and the one that was learned from, where they differ; None
    where they do not, or rows of all distances were learned from."""
    about: Mapping[str, Any] = json.loads(encoding) if isinstance(encoding, str) else encoding
    if not about["time_column"] or len(rows) < 2 or not about.get("even", True):
        return None
    times = _moments(about, rows)
    learned, given = Step(**about["step"]), step_of(times)
    usual = float(np.median(learned.apart(times)))
    return None if abs(usual - 1) < _ALIKE else (given, learned)


def _each_once(rows: Rows, new: npt.NDArray[np.bool_], about: Mapping[str, Any]) -> Rows:
    rule = about.get("duplicates", "error")
    if new.all():
        return rows
    if rule == "error":
        count = counted(int((~new).sum()), "row")
        sentence = f"{about['time_column']!r} has {count} of a time that was there before"
        raise ProblemError(Problem("rows", sentence, "give one row for each time"))
    if rule == "first":
        return rows.taken(np.flatnonzero(new))
    return merged(rows, np.cumsum(new) - 1, rows.times[new])


def _moments(about: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Times:
    """The times of rows: (T,) datetime64[s], or numbers."""
    found: Times = np.array([_moment(about, row) for row in rows])
    return found.astype("datetime64[s]") if found.dtype.kind == "M" else found


def _moment(about: Mapping[str, Any], row: Mapping[str, Any]) -> np.datetime64 | float:
    """The time of a row: a date, or a number where the model has learned from such."""
    if not Step(**about["step"]).number:
        return _time(about, row)
    found = number(label(row.get(about["time_column"])), about["decimal"])
    if found is None:
        sentence = f"A row has no number in {about['time_column']!r}"
        raise ProblemError(Problem("rows", sentence, _HINT))
    return found


def _column(
    about: Mapping[str, Any], name: str, rows: Sequence[Mapping[str, Any]]
) -> npt.NDArray[np.float64]:
    values = np.array([_number(about, row.get(name)) for row in rows], np.float64)
    if np.isnan(values).all():
        sentence = f"No row has a number in {name!r}"
        raise ProblemError(Problem("rows", sentence, _HINT))
    return forward(values)


def _number(about: Mapping[str, Any], value: Any) -> float:
    text = label(value)
    # of a number the mark is a point, whatever the file has
    decimal = "." if isinstance(value, (int, float)) else about["decimal"]
    found = None if text in about["missing"] else number(text, decimal)
    excluded = [number(text) for text in about["missing"]]
    return float("nan") if found is None or found in excluded else found


def _times(about: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], count: int) -> Times:
    """The times of so many rows; those that are not given follow in even steps."""
    found = np.array([_time(about, row) for row in rows], "datetime64[s]")
    following = Step(**about["step"]).after(found[-1], count - len(found))
    return np.concatenate([found, following]).astype("datetime64[s]")


def _time(about: Mapping[str, Any], row: Mapping[str, Any]) -> np.datetime64:
    value = row.get(about["time_column"])
    if isinstance(value, datetime):  # of pandas as well
        return np.datetime64(value.replace(tzinfo=None, microsecond=0))
    written = label(value)
    text = plain_date(written)
    try:
        form = about["form"]
        found = datetime.strptime(text, form) if form else datetime.fromisoformat(text)
    except ValueError:
        sentence = f"{text!r} in {about['time_column']!r} is no time"
        hint = "write it as in the file that was learned from"
        raise ProblemError(Problem("rows", sentence, hint)) from None
    zone = offset(written) if about.get("utc") else 0
    return np.datetime64(found) - np.timedelta64(zone, "s")
