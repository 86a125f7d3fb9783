"""Small series as files, and what is asked of a dataset that reads them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.datasets.base import Splits
from engine.datasets.series import Series, series_notes
from engine.problems import Problem, ProblemError


def times(count: int, step: str = "h", first: str = "2024-01-01") -> list[str]:
    """So many times as texts, a numpy unit apart."""
    unit = "s" if step in "hms" else "D"
    found = np.datetime64(first, step) + np.arange(count)
    return [str(time).replace("T", " ") for time in found.astype(f"datetime64[{unit}]")]


def lines(count: int = 100, step: str = "h") -> list[list[str]]:
    """A header and rows: time, load (its row's number and a wave), wind (1,000 and the row's)."""
    wave = [f"{row + 3 * np.sin(row / 4):.3f}" for row in range(count)]
    rows = [[time, wave[row], str(1000 + (row * 7) % 50)] for row, time in
            enumerate(times(count, step))]  # fmt: skip
    return [["time", "load", "wind"], *rows]


def numbered(values: Sequence[float], step: str = "h") -> list[list[str]]:
    """A header and rows: time, load."""
    pairs = zip(times(len(values), step), values, strict=True)
    return [["time", "load"], *([time, f"{value:.15g}"] for time, value in pairs)]


def write(
    folder: Path, rows: Sequence[Sequence[str]], name: str = "series.csv", delimiter: str = ","
) -> str:
    """The rows as a text file, no quotes; its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{delimiter.join(row)}\n" for row in rows), encoding="utf-8")
    return str(path)


def built(path: str, **options: Any) -> Splits:
    """The splits of a series, which are as the facts say."""
    dataset = Series(path=path, **options)
    splits, facts = dataset.build(Path("nowhere")), dataset.facts()
    assert splits.facts == facts
    assert sum(map(len, splits.named().values())) == facts.samples
    for part in splits.named().values():
        assert part.inputs.shape[1:] == facts.shape == (dataset.window, len(facts.features))
        assert np.isfinite(part.inputs.numpy()).all()
        assert tuple(name for name, _ in part.baselines) == facts.baselines
    return splits


def problem(path: str, **options: Any) -> Problem:
    """The one problem of a series, the same when it is asked for again and when it is built."""
    dataset = Series(path=path, **options)
    found = []
    for ask in (dataset.facts, dataset.facts, lambda: dataset.build(Path("nowhere"))):
        with pytest.raises(ProblemError) as error:
            ask()
        found.append(error.value.problems)
    assert found[0] == found[1] == found[2]
    (only,) = found[0]
    assert only.hint
    return only


def said(path: str, **options: Any) -> list[str]:
    """What is said of a series."""
    return [str(note) for note in series_notes(Series(path=path, **options))]
