"""Windows are views, split by time; no training sample holds a value of a later part."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.datasets.base import Splits
from engine.datasets.series import Series, arrange, series_view
from engine.datasets.series.layout import layout_of
from engine.datasets.series.options import Rules, group
from engine.datasets.series.prepare import Prepared
from engine.datasets.series.step import Step
from engine.datasets.series.tensors import splits_of
from tests.engine.datasets.series.made import built, lines, numbered, write


def rows_of(splits: Splits, part: str) -> tuple[np.ndarray, np.ndarray]:
    """The rows' numbers in the inputs (N, window) and targets (N, horizon) of a series that counts
    its rows."""
    data = splits.named()[part]
    return data.inputs[:, :, 0].numpy(), data.targets.numpy()


def counting(tmp_path: Path, count: int = 100) -> str:
    return write(tmp_path, numbered(range(count)))


def test_a_sample_is_a_window_and_the_steps_behind_it(tmp_path):
    splits = built(counting(tmp_path), window=5, horizon=3, calendar="none")
    inputs, targets = rows_of(splits, "train")
    assert inputs[0].tolist() == [0, 1, 2, 3, 4]
    assert targets[0].tolist() == [5, 6, 7]
    assert (inputs[:, -1] + 1 == targets[:, 0]).all()
    assert np.diff(inputs[:, 0]).tolist() == [1] * (len(inputs) - 1)
    assert splits.facts.targets == ("load +1", "load +2", "load +3")
    assert (splits.facts.horizon, splits.facts.target_channels) == (3, (0,))


@pytest.mark.parametrize("stride", [1, 4])
@pytest.mark.parametrize("horizon", [1, 3, 10])
def test_parts_share_no_target_and_training_sees_nothing_of_them(tmp_path, horizon, stride):
    path = counting(tmp_path)
    splits = built(path, window=12, horizon=horizon, stride=stride)
    view = series_view(Series(path=path, window=12, horizon=horizon))
    train, val, test = (rows_of(splits, part) for part in ("train", "val", "test"))
    assert max(part.max() for part in train) < view.val == 72
    assert val[1].min() >= view.val
    assert max(part.max() for part in val) < view.test == 85
    assert test[1].min() >= view.test
    assert test[1].max() <= 99
    assert val[0].min() == view.val - 12  # looks back, as a forecast on the first day would
    if stride == 1:
        assert (val[1].min(), test[1].min()) == (view.val, view.test)
        assert test[1].max() == 99


def test_nothing_of_a_training_sample_changes_with_the_later_parts(tmp_path):
    """Whatever the later rows hold: gaps filled, columns known in the future, scaling, season."""
    rows = lines(200)
    rows[0].append("holiday")
    for row in range(1, 201):
        rows[row].append(str(row % 3))
    for gap in (141, 142, 143, 144, 145, 146, 150):  # across the border of row 144
        rows[gap][1] = rows[gap][2] = ""
    changed = [list(row) for row in rows]
    for row in range(146, 201):
        changed[row][1:] = ["-5000", "9", "77"]
    options = {"known": "holiday", "window": 20, "horizon": 5, "gaps": "interpolate",
               "features": "wind", "target": "load"}  # fmt: skip
    first = built(write(tmp_path, rows), **options)
    view = series_view(Series(path=str(tmp_path / "series.csv"), **options))
    assert view.val == 144
    second = built(write(tmp_path, changed, "changed.csv"), **options)
    assert not torch.equal(first.val.targets, second.val.targets)
    assert torch.equal(first.train.inputs, second.train.inputs)
    assert torch.equal(first.train.targets, second.train.targets)
    assert first.train.baselines == second.train.baselines
    for name, tensor in first.preprocess.state_dict().items():
        assert torch.equal(tensor, second.preprocess.state_dict()[name])


def test_all_windows_are_views_of_one_copy_of_the_rows(tmp_path):
    splits = built(write(tmp_path, lines(200)), window=50, horizon=4, stride=2)
    parts = list(splits.named().values())
    for tensors in ([part.inputs for part in parts], [part.targets for part in parts]):
        (storage,) = {tensor.untyped_storage().data_ptr() for tensor in tensors}
        assert storage
    assert parts[0].inputs.untyped_storage().nbytes() == 200 * len(splits.facts.features) * 4
    assert parts[0].targets.untyped_storage().nbytes() == 200 * 4


def test_a_million_rows_of_seven_channels_take_little_memory():
    count = 1_000_000
    random = np.random.default_rng(0)
    columns = {f"c{place}": random.normal(size=count) for place in range(7)}
    prepared = Prepared(
        np.arange(count), Step(number=1.0), columns, ("c0",), (), (), None, "", "", False, ".", (),
        "error", "none", 0, 0,
        (),
    )  # fmt: skip
    rules = group(Rules, Series(path="x", window=512, horizon=96))
    tracemalloc.start()  # of numpy; the tensors are views of its arrays
    arranged = arrange.arrange(prepared, rules)
    splits = splits_of(arranged, arrange.facts_of(arranged, rules, ""))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert splits.train.inputs.shape[1:] == (512, 7)
    assert splits.train.inputs.data_ptr() == arranged.channels.ctypes.data
    assert splits.train.inputs.untyped_storage().nbytes() == count * 7 * 4
    assert peak < 300e6  # as windows they would be 14 GB


def test_several_targets_step_by_step_scaled_as_their_channels(tmp_path):
    splits = built(write(tmp_path, lines()), target=["wind", "load"], window=6, horizon=2)
    assert splits.facts.targets == ("wind +1", "load +1", "wind +2", "load +2")
    assert splits.facts.target_channels == (0, 1)
    assert splits.facts.features[:2] == ("wind", "load")
    following = splits.train.inputs[2:, -1, :2]  # the last rows of the windows two steps later
    assert torch.equal(splits.train.targets[:-2, 2:], following)
    mean, std = splits.preprocess.mean[:2], splits.preprocess.std[:2]
    assert torch.equal(splits.preprocess.target_mean, mean.repeat(2))
    assert torch.equal(splits.preprocess.target_std, std.repeat(2))


def test_what_is_known_in_the_future_is_seen_as_far_as_the_forecast_goes(tmp_path):
    splits = built(write(tmp_path, lines()), known="wind", target="load", window=8, horizon=3,
                   features="none", calendar="hour")  # fmt: skip
    assert splits.facts.features == ("load", "wind", "hour sine", "hour cosine")
    wind = [1000 + (row * 7) % 50 for row in range(100)]
    hours = np.arange(100) % 24
    assert splits.train.inputs[4, :, 1].tolist() == wind[4 + 3 : 4 + 8 + 3]
    sine = np.sin(2 * np.pi * hours[7:15] / 24)
    assert splits.train.inputs[4, :, 2].numpy() == pytest.approx(sine, abs=1e-6)
    assert splits.test.inputs[-1, :, 1].tolist() == wind[-8:]


@pytest.mark.parametrize(
    ("scaling", "offset", "scale"),
    [("none", 0, 1), ("minmax", 0, 71), ("robust", 35.5, 35.5),
     ("standard", 35.5, np.arange(72).std())],
)  # fmt: skip
def test_scaling_is_that_of_the_training_rows(tmp_path, scaling, offset, scale):
    splits = built(counting(tmp_path), scaling=scaling, calendar="none", window=8)
    assert splits.preprocess.mean.tolist() == pytest.approx([offset])
    assert splits.preprocess.std.tolist() == pytest.approx([scale], rel=1e-6)
    assert splits.preprocess.target_std.tolist() == pytest.approx([scale] * 6, rel=1e-6)


def test_the_calendar_is_not_scaled(tmp_path):
    splits = built(write(tmp_path, lines(400)))
    assert splits.facts.features[2:] == (
        "hour sine", "hour cosine", "weekday sine", "weekday cosine",
    )  # fmt: skip
    assert splits.preprocess.mean[2:].tolist() == [0] * 4
    assert splits.preprocess.std[2:].tolist() == [1] * 4


def test_a_subset_is_of_the_latest_rows(tmp_path):
    splits = built(counting(tmp_path, 500), subset=60, window=10, horizon=3)
    assert splits.facts.samples == 60
    assert splits.test.targets.max() == 499
    assert splits.train.inputs[:, :, 0].min() > 400
    assert built(counting(tmp_path, 500), subset=60, window=10, stride=5).facts.samples <= 60
    assert built(counting(tmp_path, 80), subset=5000, window=10).train.inputs[0, 0, 0] == 0


def test_the_content_knows_rows_windows_and_borders(tmp_path):
    path = write(tmp_path, lines())
    found = [built(path, **options).content for options in (
        {}, {}, {"window": 8}, {"horizon": 3}, {"stride": 2}, {"val_fraction": 0.2},
        {"features": "none"},
    )]  # fmt: skip
    assert found[0] == found[1]
    assert len(set(found)) == 6


# --- Classes ---------------------------------------------------------------------------------


def test_the_class_is_that_of_the_windows_last_row(tmp_path):
    rows = numbered(range(120))
    state = [("calm", "storm", "rain")[(row // 5) % 3] for row in range(120)]
    rows = [[*rows[0], "state"], *([*row, now] for row, now in zip(rows[1:], state, strict=True))]
    path = write(tmp_path, rows)
    splits = built(path, task="classes", window=6, calendar="none")
    assert splits.facts.task == "classes"
    assert splits.facts.targets == ("calm", "rain", "storm")
    assert (splits.facts.horizon, splits.facts.baselines) == (0, ())
    assert splits.facts.features == ("load",)
    for part in splits.named().values():
        last = part.inputs[:, -1, 0].long().tolist()
        told = [splits.facts.targets[code] for code in part.targets.tolist()]
        assert told == [state[row] for row in last]
    assert int(splits.train.inputs.max()) == 86  # the last training row
    assert int(splits.val.inputs[0, -1, 0]) == 87
    assert int(splits.test.inputs[-1, -1, 0]) == 119
    assert splits.class_counts().sum() == len(splits.train)


# --- Simple forecasts ------------------------------------------------------------------------


def slowly(splits: Splits, part: str, values: list[float], season: int) -> dict[str, float]:
    """The errors of the simple forecasts, sample by sample and step by step."""
    data, naive, seasonal = splits.named()[part], [], []
    for window in range(len(data)):
        first = data.inputs[window, 0, 0].item()
        last = values.index(first) + data.inputs.shape[1] - 1
        for ahead, true in enumerate(data.targets[window].tolist(), 1):
            naive.append(abs(true - values[last]))
            before = last + ahead
            while before > last:
                before -= season
            seasonal.append(abs(true - values[before if before >= 0 else last]))
    return {"naive": float(np.mean(naive)), "seasonal_naive": float(np.mean(seasonal))}


@pytest.mark.parametrize("season", [1, 4, 24, 50])
@pytest.mark.parametrize("horizon", [1, 6])
def test_errors_of_simple_forecasts_are_exact(tmp_path, season, horizon):
    random = np.random.default_rng(0)
    values = random.permutation(150).astype(float).tolist()
    path = write(tmp_path, numbered(values))
    splits = built(path, season=season, horizon=horizon, window=10)
    for part, data in splits.named().items():
        assert dict(data.baselines) == pytest.approx(slowly(splits, part, values, season))


def test_a_forecast_that_is_never_wrong_is_nothing_to_compare_with(tmp_path):
    values = [1.0, 2.0] * 50
    splits = built(write(tmp_path, numbered(values)), season=2, window=4)
    assert np.isnan(dict(splits.test.baselines)["seasonal_naive"])


@pytest.mark.parametrize(
    ("count", "step", "season"),
    [(200, "h", 24), (60, "D", 7), (100, "M", 12), (15_000, "m", 1440), (60, "Y", None),
     (30, "h", None)],
)  # fmt: skip
def test_the_season_is_that_of_the_step(tmp_path, count, step, season):
    random = np.random.default_rng(0)
    path = write(tmp_path, numbered(random.normal(size=count), step))
    dataset = Series(path=path, window=4, horizon=2)
    assert series_view(dataset).season == season
    assert ("seasonal_naive" in dataset.facts().baselines) == (season is not None)


def test_of_daily_rows_the_season_is_the_one_that_forecasts_them_better(tmp_path):
    days = np.arange(1500)
    yearly = write(tmp_path, numbered(np.sin(2 * np.pi * days / 365) * 9, "D"), "a.csv")
    weekly = write(tmp_path, numbered(days % 7 + days / 1000, "D"), "b.csv")
    assert series_view(Series(path=yearly)).season == 365
    assert series_view(Series(path=weekly)).season == 7


def test_a_layout_never_leaves_a_part_without_samples():
    for count in range(40, 60):
        rules = Rules(8, 4, 3, "forecast", "forward", ("none",), None, "none", 0.1, 0.1, None)
        layout = layout_of(count, rules)
        assert all(len(layout.starts(part)) >= 1 for part in ("train", "val", "test"))
        assert len(layout.starts("train")) >= 2
