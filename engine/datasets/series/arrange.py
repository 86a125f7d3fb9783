"""From a prepared series to what windows are cut from: rows of channels, rows of targets."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.datasets.series import calendar
from engine.datasets.series.baselines import best_season
from engine.datasets.series.encode import ENCODING_FORMAT
from engine.datasets.series.gaps import fill
from engine.datasets.series.layout import Layout, layout_of
from engine.datasets.series.options import Part, Rules
from engine.datasets.series.prepare import Prepared
from engine.datasets.series.scaling import scale_of
from engine.datasets.table.notes import Note, listed
from engine.facts import Facts
from engine.problems import Problem, ProblemError
from engine.wording import counted

Rows = npt.NDArray[np.float32]
TARGET = "dataset.target"
MOST_OUTPUTS = 65_536
_LEAST_STEPS = 100
"""Steps of a float32 number that a column has to go over."""


@dataclass(frozen=True, eq=False)
class Arranged:
    """The rows of a series as the samples need them. `channels` (T, C) float32 hold in row t what
    is known then: past columns of row t, `known` ones and the calendar of row t + horizon.
    `targets` (T, n) float32 are not scaled either; of classes `codes` (T,). `offset` and `scale`
    (C,) are of the training rows."""

    prepared: Prepared
    layout: Layout
    names: tuple[str, ...]
    channels: Rows
    targets: Rows
    codes: npt.NDArray[np.int64] | None
    offset: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]
    calendar: tuple[Part, ...]
    season: int | None
    ahead: int
    notes: tuple[Note, ...]

    @property
    def bytes(self) -> int:
        """What it takes in memory."""
        return self.channels.nbytes + self.targets.nbytes + self.prepared.bytes

    @property
    def baselines(self) -> tuple[str, ...]:
        """The simple forecasts that can be made."""
        if not self.ahead:
            return ()
        return ("naive", "seasonal_naive") if self.season else ("naive",)


def arrange(prepared: Prepared, rules: Rules) -> Arranged:
    """Split by time, fill gaps within each part, scale by the training rows. Raises ProblemError
    when the series is too short, or nothing in its training rows can be learned from."""
    layout = layout_of(prepared.rows, rules)
    notes: list[Note] = []
    past, known = _used(prepared, layout, notes)
    borders = (layout.val, layout.test)
    filled = {name: fill(prepared.columns[name], borders, rules.gaps) for name in (*past, *known)}
    parts = _calendar(prepared, layout, rules)
    waves = calendar.waves(prepared.times, parts)
    ahead = rules.ahead
    channels = np.column_stack(
        [*(filled[name] for name in past), *(_shifted(filled[name], ahead) for name in known),
         *_shifted(waves, ahead).T]
    ).astype(np.float32)  # fmt: skip
    train = slice(layout.first, layout.val)
    fitted = [scale_of(filled[name][train], rules.scaling) for name in (*past, *known)]
    offset, scale = np.array([*fitted, *[(0.0, 1.0)] * waves.shape[1]]).T
    targets = np.ascontiguousarray(channels[:, : len(prepared.targets)])
    return Arranged(
        prepared, layout, (*past, *known, *calendar.names_of(parts)), channels, targets,
        _codes(prepared, layout, notes), offset, scale, parts,
        _season(prepared, layout, targets, rules, notes), ahead, tuple(notes),
    )  # fmt: skip


def _used(prepared: Prepared, layout: Layout, notes: list[Note]) -> tuple[list[str], list[str]]:
    """The columns that vary in the training rows: those of the past, and the known ones."""
    used = []
    for name, values in prepared.columns.items():
        training = values[layout.first : layout.val]
        given = training[~np.isnan(training)]
        varies = bool(len(given)) and given.min() < given.max()
        if varies and _is_told_apart(given):
            used.append(name)
        elif varies and name in prepared.targets:
            hint = "subtract a constant from the column, or write it in another unit"
            raise ProblemError(Problem(TARGET, f"{name!r} {_too_alike(given)}", hint))
        elif varies:
            notes.append(Note(name, f"Left out: it {_too_alike(given)}", lost=True))
        elif name in prepared.targets:
            sentence = f"{name!r} is the same in all {counted(len(training), 'training row')}"
            hint = "choose another column, or smaller parts for validation and test"
            raise ProblemError(Problem(TARGET, sentence, hint))
        else:
            notes.append(Note(name, "Left out: it is the same in all training rows", lost=True))
    if not used:
        sentence = "No column varies in the training rows: there is nothing to learn from"
        raise ProblemError(Problem("dataset.features", sentence, "choose other columns"))
    known = [name for name in used if name in prepared.known]
    return [name for name in used if name not in known], known


def _is_told_apart(values: npt.NDArray[np.float64]) -> bool:
    """Whether the differences of numbers outlast their being kept as float32."""
    spread = float(values.max() - values.min())
    steps = np.spacing(np.abs(values).max().astype(np.float32))
    return spread > _LEAST_STEPS * float(steps) and spread > float(np.finfo(np.float32).tiny)


def _too_alike(values: npt.NDArray[np.float64]) -> str:
    low, high = float(values.min()), float(values.max())
    return f"lies between {low:.15g} and {high:.15g}, too close to be told apart in 32 bits"


def _shifted(values: Any, steps: int) -> Any:
    """Values (T, ...) as many steps earlier; the last ones stay, and are in no window."""
    if not steps:
        return values
    return np.concatenate([values[steps:], np.repeat(values[-1:], steps, axis=0)])


def _calendar(prepared: Prepared, layout: Layout, rules: Rules) -> tuple[Part, ...]:
    wanted = [part for part in rules.calendar if part not in ("auto", "none")]
    if wanted and not np.issubdtype(prepared.times.dtype, np.datetime64):
        sentence = f"The times are no dates, which have a {wanted[0]}"
        raise ProblemError(Problem("dataset.calendar", sentence, "set dataset.calendar to none"))
    times = prepared.times[layout.first : layout.val]
    return calendar.parts_for(rules.calendar, prepared.step, times)


def _codes(prepared: Prepared, layout: Layout, notes: list[Note]) -> Any:
    """The classes (T,), gaps filled with the one before. Raises ProblemError when the training
    windows have a single one."""
    if prepared.codes is None:
        return None
    gaps = np.where(prepared.codes < 0, np.nan, prepared.codes.astype(np.float64))
    codes = fill(gaps, (layout.val, layout.test), "forward").astype(np.int64)
    rows = [start + layout.lead for start in layout.starts("train")]
    present = np.unique(codes[rows])
    if len(present) < 2:
        sentence = f"All {counted(len(rows), 'training window')} are of one class: "
        sentence += repr(prepared.labels[int(present[0])])
        hint = "choose another column, a smaller stride, or smaller parts for validation and test"
        raise ProblemError(Problem(TARGET, sentence, hint))
    later = sorted(set(np.unique(codes).tolist()) - set(present.tolist()))
    if later:
        names = listed([repr(prepared.labels[code]) for code in later])
        notes.append(Note("", f"No training window is of these classes: {names}"))
    return codes


def _season(
    prepared: Prepared, layout: Layout, targets: Rows, rules: Rules, notes: list[Note]
) -> int | None:
    """Steps of the seasonal naive forecast; None where there is none to be made."""
    train = targets[layout.first : layout.val]
    if not rules.ahead:
        return None
    if rules.season is not None and rules.season >= len(train):
        said = f"The season of {counted(rules.season, 'step')} is longer than the "
        said += f"{counted(len(train), 'training row')}: there is no seasonal naive forecast"
        notes.append(Note("", said))
        return None
    return rules.season or best_season(train, prepared.step.seasons())


# --- In words --------------------------------------------------------------------------------


def facts_of(arranged: Arranged, rules: Rules, licence: str) -> Facts:
    """Shape, targets and baselines. Raises ProblemError when too much is to be told at once."""
    prepared, told = arranged.prepared, arranged.prepared.targets
    if len(told) * rules.ahead > MOST_OUTPUTS:
        sentence = f"{len(told):,} columns at {rules.ahead:,} steps are too much to forecast"
        raise ProblemError(Problem("dataset.horizon", sentence, f"{MOST_OUTPUTS:,} is the most"))
    ahead = range(1, rules.ahead + 1)
    return Facts(
        "series", (rules.window, len(arranged.names)),
        "regression" if told else "classes",
        tuple(f"{name} +{step}" for step in ahead for name in told) or prepared.labels,
        arranged.layout.samples, arranged.names, licence=licence,
        encoding=json.dumps(_encoding(arranged), ensure_ascii=False), horizon=rules.ahead,
        target_channels=tuple(range(len(told))), baselines=arranged.baselines,
    )  # fmt: skip


def _encoding(arranged: Arranged) -> dict[str, Any]:
    """All that it takes to make the same window of other rows, as plain values."""
    prepared = arranged.prepared
    columns = [name for name in arranged.names if name in prepared.columns]
    return {
        "format": ENCODING_FORMAT,
        "window": arranged.layout.window,
        "horizon": arranged.ahead,
        "past": [name for name in columns if name not in prepared.known],
        "known": [name for name in columns if name in prepared.known],
        "calendar": list(arranged.calendar),
        "time_column": prepared.time_column,
        "form": prepared.form,
        "utc": prepared.utc,
        "step": asdict(prepared.step),
        "even": prepared.even,
        "season": arranged.season,
        "decimal": prepared.decimal,
        "missing": list(prepared.missing),
        "duplicates": prepared.duplicates,
        "resample": prepared.resample,
    }


def content_of(arranged: Arranged) -> str:
    """SHA-256 of all rows, and of where samples are cut from them."""
    digest = hashlib.sha256()
    for array in (arranged.channels, arranged.targets, arranged.codes):
        if array is not None:
            digest.update(f"{array.shape}{array.dtype.str}".encode())
            digest.update(np.ascontiguousarray(array).data)
    digest.update(json.dumps([asdict(arranged.layout), arranged.ahead]).encode())
    return digest.hexdigest()
