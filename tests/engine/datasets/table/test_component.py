"""The component in a recipe: quick to validate, trained, exported, and understood afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import torch

from engine import overrides, presets
from engine.datasets.preview import view_of
from engine.datasets.table import TableFile, component, reading, table_notes
from engine.datasets.table.layout import parts_of
from engine.datasets.table.memory import Memory
from engine.datasets.table.options import Rules, group
from engine.datasets.table.rows import encode_rows
from engine.exporters import export_run, find_exporter
from engine.exporters.contents import Contents
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.runs.folder import RunFolder
from engine.schema import options_of
from tests.engine.datasets.table.made import built, lines, write
from tests.engine.training.helpers import train

TRAINING = {"epochs": 2, "threads": 1, "device": "cpu", "batch_size": 16}


def recipe(path: str, **dataset: object) -> Recipe:
    return Recipe.parse(
        {
            "version": 1,
            "name": "own table",
            "dataset": {"name": "table", "path": path, **dataset},
            "architecture": {"name": "mlp", "hidden": [8]},
            "training": TRAINING,
        }
    )


# --- In a recipe -----------------------------------------------------------------------------


def test_until_a_file_is_chosen_that_is_the_only_problem_beside_real_ones():
    data = {"version": 1, "dataset": "table", "architecture": "mlp"}
    (only,) = Recipe.problems(data)
    assert (only.path, only.sentence) == (
        "dataset.path", "Choose a file: CSV, Excel, Parquet or JSON",
    )  # fmt: skip
    found = Recipe.problems({**data, "optimizer": {"name": "sgd", "lr": -1}})
    assert [problem.path for problem in found] == ["optimizer.lr"]
    assert [p.path for p in Recipe.problems({**data, "loss": "mse"})] == ["dataset.path"]


def test_the_loss_is_that_of_the_task(tmp_path):
    path = write(tmp_path, lines())
    assert recipe(path).loss.name == "mse"
    assert recipe(path, target="color").loss.name == "cross_entropy"


def test_the_command_line_that_everybody_types_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, lines(), "my table.csv")
    typed = ["dataset=table", "dataset.path=my table.csv", "dataset.target=price"]
    resolved = overrides.resolve(presets.find("iris_mlp").data(), typed)
    assert resolved.dataset.facts().targets == ("price",)
    assert resolved.loss.name == "mse"
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")  # a run is read again from other folders
    assert Recipe.from_yaml(resolved.to_yaml()) == resolved
    assert train(resolved, tmp_path / "runs").result.status == "finished"


def test_lists_of_columns_are_written_as_one_name_or_several(tmp_path):
    path = write(tmp_path, lines())
    base = recipe(path).as_data()
    for typed, ignored in (
        ("ignore=size", ("size",)),
        ("ignore=[size,weight]", ("size", "weight")),
    ):
        assert overrides.resolve(base, [f"dataset.{typed}"]).dataset.ignore == ignored


def test_a_path_may_begin_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    write(tmp_path, lines())
    assert TableFile(path="~/table.csv").facts().samples == 60


def test_the_path_comes_first_and_is_shown_as_one():
    first, second, *_ = options_of(TableFile)
    assert (first.name, first.type, first.default) == ("path", "path", "")
    assert second.name == "target"


# --- Quick -----------------------------------------------------------------------------------


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are really read, with nothing remembered from before."""
    names: list[str] = []
    usual = reading.read

    def counting(source, how):
        names.append(source.path.name)
        return usual(source, how)

    monkeypatch.setattr(reading, "read", counting)
    monkeypatch.setattr(component, "MEMORY", Memory())
    return names


def test_a_file_is_read_once_however_often_it_is_asked_about(reads, tmp_path):
    path = write(tmp_path, lines())
    for _ in range(3):
        recipe(path)
        recipe(path, target="color", split_seed=3, scaling="robust", categories=["size"])
    built(path)
    table_notes(TableFile(path=path))
    assert reads == ["table.csv"]


def test_what_is_wrong_is_remembered_too(reads, tmp_path):
    path = write(tmp_path, [*lines(), ["1"]])
    for _ in range(3):
        with pytest.raises(ProblemError):
            TableFile(path=path).facts()
    assert reads == ["table.csv"]


def test_a_changed_file_is_read_again(reads, tmp_path):
    path = write(tmp_path, lines(60))
    assert TableFile(path=path).facts().samples == 60
    write(tmp_path, lines(80))
    assert TableFile(path=path).facts().samples == 80
    text = Path(path).read_text().replace("red", "sky")
    Path(path).write_text(text)  # of the same size
    os.utime(path, ns=(1, 1))
    assert "color=sky" in TableFile(path=path).facts().features
    assert len(reads) == 3


def test_two_threads_read_a_file_once(reads, tmp_path):
    path = write(tmp_path, lines())
    threads = [threading.Thread(target=TableFile(path=path).facts) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reads == ["table.csv"]


def test_memory_keeps_what_was_asked_for_last_and_nothing_that_is_too_large():
    class Sized:
        bytes = 40_000

    memory, made = Memory(limit=120_000), []

    def ask(key: str, size: int = 40_000) -> None:
        def make() -> Sized:
            made.append(key)
            answer = Sized()
            answer.bytes = size
            return answer

        memory.get(key, make)

    for key in ("a", "b", "a", "c", "a", "b"):
        ask(key)
    assert made == ["a", "b", "c", "b"]
    ask("large", 200_000)
    ask("large", 200_000)
    assert made[-2:] == ["large", "large"]


def test_a_recipe_of_built_in_data_imports_no_pandas_and_a_table_no_torch(tmp_path):
    path = write(tmp_path, lines())
    code = (
        "import sys; from engine.recipe import Recipe\n"
        "data = {'version': 1, 'dataset': 'digits', 'architecture': 'mlp'}\n"
        "Recipe.parse(data); Recipe.problems({**data, 'dataset': 'table'})\n"
        "heavy = {'torch', 'pandas', 'sklearn', 'pyarrow', 'openpyxl'}\n"
        "print(*heavy & set(sys.modules))\n"
        f"Recipe.parse({{**data, 'dataset': {{'name': 'table', 'path': {path!r}}}}})\n"
        "print(*{'torch', 'sklearn'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("\n\n", 0), done.stderr


# --- Trained and used -------------------------------------------------------------------------


@pytest.mark.parametrize(("target", "loss"), [("price", "mse"), ("color", "cross_entropy")])
def test_trains_and_says_in_the_run_what_was_left_out(target, loss, tmp_path):
    rows = [[*row, "note"] if i == 0 else [*row, f"a text {i}"] for i, row in enumerate(lines())]
    path = write(tmp_path, rows, "données à moi.csv")
    run = train(recipe(path, target=target), tmp_path / "runs")
    assert run.result.status == "finished"
    splits = recipe(path, target=target).dataset.build(tmp_path)
    assert splits.notes == (
        "note: Left out: 60 different texts; dataset.categories takes it as a category",
    )


@pytest.mark.parametrize("format", ["onnx", "torchscript"])
def test_an_exported_model_encodes_and_scales_a_raw_row_by_itself(format, tmp_path):
    path = write(tmp_path, lines())
    run = train(recipe(path, target="color", scaling="robust"), tmp_path / "runs")
    report = export_run(RunFolder(run.result.run), format, None, tmp_path)
    dataset = recipe(path, target="color").dataset
    facts = dataset.build(tmp_path).facts
    rows = [dict(zip(lines()[0], row, strict=True)) for row in lines()[1:]]
    raw = torch.tensor(np.array(encode_rows(json.loads(facts.encoding), rows), np.float32))
    found = find_exporter(format).open(report.path)(raw).argmax(1).tolist()
    parts = parts_of(dataset._prepared(dataset._source()), group(Rules, dataset))
    right = [facts.targets[found[row]] == rows[row]["color"] for row in parts.test]
    assert np.mean(right) == pytest.approx(run.result.metrics["test_accuracy"], abs=1e-6)


def test_the_encoding_is_in_the_exported_file(tmp_path):
    made = recipe(write(tmp_path, lines()))
    splits = made.dataset.build(tmp_path)
    strings = Contents.of(made, splits.facts, splits.preprocess).as_strings()
    facts = json.loads(strings["facts"])
    assert json.loads(facts["encoding"])["categories"] == [
        {"column": "color", "fill": "(missing)",
         "features": ["blue", "green", "red"]},
    ]  # fmt: skip


def test_samples_are_shown_in_the_units_of_the_file(tmp_path):
    view = view_of(built(write(tmp_path, lines())))
    assert view.facts.features[:2] == ("size", "weight")
    assert all(1 <= sample.row[0] <= 9 for sample in view.samples)


@pytest.mark.parametrize(
    ("name", "samples", "features", "task"),
    [("cars", 398, 9, "regression"), ("seattle_weather", 1461, 8, "classes")],
)
def test_tables_that_come_with_the_program(name, samples, features, task):
    target = {"cars": "Miles_per_Gallon"}.get(name, "")
    facts = built(f"sample:{name}", target=target).facts
    assert (facts.samples, facts.inputs, facts.task) == (samples, features, task)
    assert facts.licence


def test_a_subset_thins_all_parts(tmp_path):
    splits = built(write(tmp_path, lines(200)), subset=60)
    assert sum(len(part) for part in splits.named().values()) == 60
    assert splits.facts.samples == 200


def test_the_split_is_the_same_whatever_is_done_to_the_columns(tmp_path):
    path = write(tmp_path, lines())
    first = built(path)
    for options in ({"scaling": "none"}, {"categories": "weight"}, {"ignore": "color"}):
        assert torch.equal(built(path, **options).test.targets, first.test.targets)


def test_what_progress_raises_ends_the_loading(tmp_path):
    def cancel(_message: str, _fraction: float | None) -> None:
        raise ProblemError(Problem("", "cancelled"))

    with pytest.raises(ProblemError, match="cancelled"):
        TableFile(path=write(tmp_path, lines())).build(tmp_path, cancel)
