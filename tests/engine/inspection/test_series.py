"""Series with planted defects: each is found, and a clean series has none."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.engine.inspection.made import codes, found, inspected, table


def hours(count: int) -> np.ndarray:
    """Time stamps an hour apart."""
    return np.datetime64("2024-01-01T00:00:00") + np.arange(count).astype("timedelta64[h]")


def wave(count: int = 400) -> np.ndarray:
    """A daily course with some noise."""
    noise = np.random.default_rng(0).normal(size=count)
    return (np.sin(np.arange(count) * 2 * np.pi / 24) + 0.1 * noise).round(4)


def inspection_of(path: Path, columns: dict, **options: object):
    return inspected("series", table(path, columns), path.parent, window=24, horizon=3, **options)


def test_a_clean_series_has_no_findings(tmp_path: Path) -> None:
    inspection = inspection_of(
        tmp_path / "s.csv", {"time": hours(400), "y": wave().clip(-0.9, 0.9)}
    )
    assert codes(inspection) == set()
    assert len(inspection.fingerprint) == 64


def test_time_stamps_that_jump(tmp_path: Path) -> None:
    times = hours(404)
    times = np.concatenate([times[:200], times[204:]])
    finding = found(inspection_of(tmp_path / "s.csv", {"time": times, "y": wave()}),
                    "irregular_times")  # fmt: skip
    assert finding.evidence == ("2024-01-09 12:00:00 after 2024-01-09 07:00:00",)
    assert finding.severity == "warning"
    assert dict(finding.mend) == {"dataset.resample": "auto"}


def test_rows_without_times(tmp_path: Path) -> None:
    inspection = inspection_of(tmp_path / "s.csv", {"x": wave()[::-1], "y": wave()})
    assert found(inspection, "no_times").severity == "info"


def test_gaps_and_a_channel_that_never_changes(tmp_path: Path) -> None:
    values: list[object] = [("" if place % 9 == 0 else value) for place, value in enumerate(wave())]
    columns = {"time": hours(400), "same": [5] * 400, "y": values}
    inspection = inspection_of(tmp_path / "s.csv", columns, target="y")
    assert found(inspection, "gaps").severity == "warning"
    finding = found(inspection, "constant_columns")
    assert finding.evidence == ("same",)
    assert dict(finding.mend) == {"dataset.features": ("none",)}


def test_a_series_that_rises(tmp_path: Path) -> None:
    columns = {"time": hours(400), "y": (wave() + np.arange(400) / 10).round(3)}
    inspection = inspection_of(tmp_path / "s.csv", columns)
    assert "y: mean" in found(inspection, "shifted_level").evidence[0]
    outside = [f for f in inspection.findings if f.code == "outside_targets"]
    assert [f.severity for f in outside] == ["warning", "warning"]
    assert "differences" in outside[0].hint
