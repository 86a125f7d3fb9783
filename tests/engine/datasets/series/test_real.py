"""Real series, as their owners wrote them, are forecast better than by simple means."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from engine import overrides, presets
from engine.datasets.series import Series, series_view
from tests.engine.training.helpers import train

CASES = [
    ("ETTh1.csv", ["dataset.window=96", "training.epochs=6", "optimizer.lr=0.001"], 1),
    ("daily-min-temperatures.csv", ["dataset.window=60", "dataset.horizon=7"], 1),
    ("airline-passengers.csv",
     ["dataset.window=24", "dataset.horizon=6", "training.epochs=60", "training.batch_size=16"],
     2),
]  # fmt: skip


@pytest.mark.parametrize(("name", "typed", "seeds"), CASES, ids=[case[0] for case in CASES])
def test_is_better_than_simple_forecasts(
    name: str, typed: list[str], seeds: int, shared_data: Path, tmp_path: Path
) -> None:
    """The mean over seeds, on the test part."""
    typed = [f"dataset.path={shared_data / 'timeseries' / name}", "training.threads=1", *typed]
    found = []
    for seed in range(seeds):
        preset = presets.find("temperature_forecast").data()
        recipe = overrides.resolve(preset, [*typed, f"training.seed={seed}"])
        run = train(recipe, tmp_path / f"{seed}")
        assert run.result is not None
        found.append(run.result.metrics)
    for metric in ("test_mae_vs_naive", "test_mae_vs_seasonal_naive"):
        assert statistics.mean(metrics[metric] for metrics in found) < 0.95


@pytest.mark.parametrize(
    ("name", "rows", "column", "step", "season", "irregular"),
    [
        ("ETTh1.csv", 17_420, "date", "1 hour", 24, 0),
        ("daily-min-temperatures.csv", 3_650, "Date", "1 day", 7, 2),
        ("airline-passengers.csv", 144, "Month", "1 month", 12, 0),
    ],
)
def test_is_understood(
    name: str, rows: int, column: str, step: str, season: int, irregular: int, shared_data: Path
) -> None:
    view = series_view(Series(path=str(shared_data / "timeseries" / name)))
    assert view is not None
    assert (len(view.times), view.time_column, view.step) == (rows, column, step)
    assert (view.season, view.irregular, view.gaps) == (season, irregular, 0)
    assert view.targets == (view.columns[0],)
