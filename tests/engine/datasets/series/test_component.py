"""The component in a recipe: typed, trained, taken up again, exported, understood afterwards."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from engine import overrides, presets
from engine.datasets.series import Series, component, series_notes, series_view
from engine.datasets.series.encode import encode_window
from engine.datasets.table import reading
from engine.datasets.table.memory import Memory
from engine.exporters import export_run, find_exporter
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.runs.folder import RunFolder
from engine.schema import options_of
from tests.engine.datasets.series.made import built, lines, write
from tests.engine.training.helpers import train

TRAINING = {"epochs": 2, "threads": 1, "device": "cpu", "batch_size": 16}


def recipe(path: str, architecture: str = "linear", **dataset: object) -> Recipe:
    return Recipe.parse(
        {
            "version": 1,
            "name": "own series",
            "dataset": {"name": "series", "path": path, "window": 8, "horizon": 2, **dataset},
            "architecture": architecture,
            "training": TRAINING,
        }
    )


# --- In a recipe -----------------------------------------------------------------------------


def test_until_a_file_is_chosen_that_is_the_only_problem():
    data = {"version": 1, "dataset": "series", "architecture": "mlp"}
    (only,) = Recipe.problems(data)
    assert (only.path, only.sentence) == (
        "dataset.path", "Choose a file: CSV, Excel, Parquet or JSON",
    )  # fmt: skip


def test_the_command_line_that_everybody_types_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, lines(), "my series.csv")
    typed = ["dataset=series", "dataset.path=my series.csv", "dataset.target=load",
             "dataset.window=8", "dataset.horizon=2"]  # fmt: skip
    resolved = overrides.resolve(presets.find("iris_mlp").data(), typed)
    assert resolved.dataset.facts().targets == ("load +1", "load +2")
    assert resolved.loss.name == "mse"
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")  # a run is read again from other folders
    assert Recipe.from_yaml(resolved.to_yaml()) == resolved


def test_lists_are_written_as_one_name_or_several(tmp_path):
    base = recipe(write(tmp_path, lines())).as_data()
    for typed, option, found in (
        ("target=load", "target", ("load",)),
        ("target=[load,wind]", "target", ("load", "wind")),
        ("calendar=hour", "calendar", ("hour",)),
        ("calendar=[hour,weekday]", "calendar", ("hour", "weekday")),
    ):
        assert getattr(overrides.resolve(base, [f"dataset.{typed}"]).dataset, option) == found


def test_the_usual_options_come_first():
    names = [option.name for option in options_of(Series)]
    assert names[:2] == ["path", "time_column"]
    assert {"val_fraction", "test_fraction", "subset", "window", "horizon"} <= set(names)


@pytest.mark.parametrize(
    ("name", "step", "samples"),
    [("seattle_temps", "1 hour", 8720), ("seattle_weather", "1 day", 1422),
     ("us_employment", "1 month", 81)],
)  # fmt: skip
def test_series_that_come_with_the_program(name, step, samples):
    dataset = Series(path=f"sample:{name}")
    assert built(f"sample:{name}").facts.samples == samples
    assert series_view(dataset).step == step
    assert dataset.facts().licence.startswith("public domain")
    assert dataset.facts().baselines == ("naive", "seasonal_naive")


# --- Quick -----------------------------------------------------------------------------------


def test_a_file_is_read_once_however_often_it_is_asked_about(tmp_path, monkeypatch):
    names: list[str] = []
    usual = reading.read

    def counting(source, how, least):
        names.append(source.path.name)
        return usual(source, how, least)

    monkeypatch.setattr(reading, "read", counting)
    monkeypatch.setattr(component, "MEMORY", Memory())
    path = write(tmp_path, lines())
    for _ in range(3):
        recipe(path)
        recipe(path, target="load", window=12, scaling="robust")
    series_notes(recipe(path).dataset)
    series_view(recipe(path).dataset)
    assert names == ["series.csv"]
    os.utime(path, ns=(1, 1))
    recipe(path)
    assert len(names) == 2


def test_a_recipe_imports_neither_torch_nor_scikit_learn(tmp_path):
    path = write(tmp_path, lines())
    code = (
        "import sys; from engine.recipe import Recipe\n"
        "data = {'version': 1, 'dataset': 'digits', 'architecture': 'mlp'}\n"
        "Recipe.parse(data); Recipe.problems({**data, 'dataset': 'series'})\n"
        "print(*{'torch', 'pandas', 'sklearn'} & set(sys.modules))\n"
        f"Recipe.parse({{**data, 'dataset': {{'name': 'series', 'path': {path!r}}}}})\n"
        "print(*{'torch', 'sklearn'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("\n\n", 0), done.stderr


def test_what_progress_raises_ends_the_loading(tmp_path):
    def cancel(_message: str, _fraction: float | None) -> None:
        raise ProblemError(Problem("", "cancelled"))

    with pytest.raises(ProblemError, match="cancelled"):
        Series(path=write(tmp_path, lines())).build(tmp_path, cancel)


# --- Trained and used -------------------------------------------------------------------------


@pytest.mark.parametrize("architecture", ["linear", "mlp"])
def test_trains_and_is_measured_beside_simple_forecasts(architecture, tmp_path):
    path = write(tmp_path, lines(), "données à moi.csv")
    made = recipe(path, architecture, target="load", season=12)
    run = train(made, tmp_path / "runs")
    assert run.result.status == "finished", run.ended.problems
    metrics = run.result.metrics
    errors = dict(made.dataset.build(tmp_path).test.baselines)
    assert metrics["test_mae_vs_naive"] == pytest.approx(metrics["test_mae"] / errors["naive"])
    assert metrics["test_mae_vs_seasonal_naive"] == pytest.approx(
        metrics["test_mae"] / errors["seasonal_naive"]
    )


def test_the_same_recipe_gives_the_same_weights(tmp_path):
    made = recipe(write(tmp_path, lines()), stride=2)
    first, second = (train(made, tmp_path / f"{n}").result.weights_sha256 for n in range(2))
    assert first == second


def test_classes_of_windows_are_trained(tmp_path):
    rows = lines()
    rows = [[*rows[0], "state"], *([*row, "ab"[n // 7 % 2]] for n, row in enumerate(rows[1:]))]
    made = recipe(write(tmp_path, rows), "mlp", task="classes")
    assert made.loss.name == "cross_entropy"
    run = train(made, tmp_path / "runs")
    assert run.result.status == "finished", run.ended.problems
    assert 0 <= run.result.metrics["test_accuracy"] <= 1
    assert "test_mae_vs_naive" not in run.result.metrics


@pytest.mark.parametrize("format", ["onnx", "torchscript"])
def test_an_exported_model_forecasts_raw_windows_in_the_units_of_the_file(format, tmp_path):
    path = write(tmp_path, lines(200))
    made = recipe(path, target="load", known="wind")
    run = train(made, tmp_path / "runs")
    report = export_run(RunFolder(run.result.run), format, None, tmp_path)
    splits = made.dataset.build(tmp_path)
    with Path(path).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    first = 200 - len(splits.test) - 9  # of the test's first window
    encoding = splits.facts.encoding
    windows = [encode_window(encoding, rows[first + n : first + n + 10])
               for n in range(len(splits.test))]  # fmt: skip
    raw = torch.from_numpy(np.concatenate(windows))
    assert torch.equal(raw, splits.test.inputs.contiguous())
    forecasts = find_exporter(format).open(report.path)(raw)
    error = np.abs(np.asarray(forecasts) - splits.test.targets.numpy()).mean()
    assert error == pytest.approx(run.result.metrics["test_mae"], rel=1e-4)
