"""runs, compare, mark and trash on a library of made-up runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.engine.cli.conftest import Run
from tests.engine.runs.made import RECIPE, make, myself, train


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Four runs: first (finished), second (a fork of it), third (interrupted), old (archived)."""
    runs = tmp_path / "runs"
    make(runs, "1-first", status="finished", steps=30, environment={"preset": "digits_mlp"})
    parent = {"kind": "fork", "run": "1-first", "step": 10}
    second = make(runs, "3-second", status="stopped", steps=20, environment={"parent": parent})
    second.recipe_file.write_text(RECIPE.replace("lr: 0.001", "lr: 0.02"))
    third = make(runs, "2-third", environment={"dataset": "iris", "preset": "digits_mlp"})
    train(third, range(1, 28), {"val_accuracy": [0.5, 0.9]})
    make(runs, "0-old", status="failed")
    (runs / "0-old" / "marks.json").write_text('{"archived": true, "tags": ["x"]}')
    return runs


def names(out: str) -> list[str]:
    return [entry["name"] for entry in json.loads(out)]


def test_json_tells_everything(library: Path, run: Run) -> None:
    entries = json.loads(run("runs", "--runs-dir", library, "--json").out)
    first, third, second = entries
    assert [entry["state"] for entry in entries] == ["finished", "interrupted", "stopped"]
    assert (second["parent"], second["parent_step"]) == ("1-first", 10)
    assert third["best"] == {"metric": "val_accuracy", "value": 0.9, "step": 2}
    assert third["position"] == [3, 7]
    assert first["path"] == str(library / "1-first")
    kept = {"name", "path", "state", "started", "recipe_name", "dataset", "architecture", "steps",
            "seconds", "metrics"}  # fmt: skip
    assert kept < set(first)


def test_the_table_says_where_a_run_was_interrupted(library: Path, run: Run) -> None:
    lines = run("runs", "--runs-dir", library).out.splitlines()
    assert len(lines) == 3
    assert "interrupted at epoch 3, batch 7" in lines[1]
    assert "27 of 30 steps" in lines[1]
    assert "best val_accuracy 0.9000" in lines[1]
    assert lines[0].startswith("1-first")  # no empty columns before it


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (["--all"], ["0-old", "1-first", "2-third", "3-second"]),
        (["--filter", "IRIS small"], ["2-third"]),
        (["--filter", "iris digits_mlp nothing"], []),
        (["--state", "finished", "--state", "stopped"], ["1-first", "3-second"]),
        (["--tag", "x"], []),
        (["--tag", "x", "--all"], ["0-old"]),
        (["--sort", "-steps"], ["1-first", "2-third", "3-second"]),
        (["--sort", "best"], ["1-first", "3-second", "2-third"]),
        (["--tree"], ["1-first", "3-second", "2-third"]),
        (["--group", "preset", "--sort", "-name"], ["3-second", "2-third", "1-first"]),
    ],
)
def test_chosen_and_ordered(options: list[str], wanted: list[str], library: Path, run: Run) -> None:
    ran = run("runs", "--runs-dir", library, "--json", *options)
    assert (ran.status, names(ran.out)) == (0, wanted)


def test_the_tree_indents_forks(library: Path, run: Run) -> None:
    lines = run("runs", "--runs-dir", library, "--tree").out.splitlines()
    assert [line.split("  ")[0] for line in lines] == ["1-first", "└─ 3-second", "2-third"]
    assert len({line.index("digits" if "iris" not in line else "iris") for line in lines}) == 1


def test_groups_stand_under_their_presets(library: Path, run: Run) -> None:
    out = run("runs", "--runs-dir", library, "--group", "preset").out
    headings = [part.splitlines()[0] for part in out.split("\n\n")]
    assert headings == ["digits_mlp", "small"]


def test_wrong_choices_are_all_listed(library: Path, run: Run) -> None:
    ran = run("runs", "--runs-dir", library, "--state", "finish", "--group", "stat", "--tree")
    assert ran.status == 2
    assert "did you mean 'finished'?" in ran.err
    assert "--group: " in ran.err
    assert "--tree: " in ran.err
    assert "did you mean 'steps'?" in run("runs", "--runs-dir", library, "--sort", "step").err


def test_compare(library: Path, run: Run) -> None:
    three = ("1-first", library / "3-second", "2-third", "--runs-dir", library)
    lines = run("compare", *three).out.splitlines()
    table = {line.split("  ")[0]: line for line in lines}
    assert table["optimizer.lr"].split() == ["optimizer.lr", "0.001", "0.02", "0.001"]
    assert table["best_val_accuracy"].split() == ["best_val_accuracy", "0.7500", "0.7500",
                                                  "0.9000", "*"]  # fmt: skip
    assert "1-first at step 10" in table["parent"]
    assert {"recipe:", "metrics:", "environment:"} <= set(table)
    data = json.loads(run("compare", *three, "--json").out)
    assert [entry["path"] for entry in data["recipe"]] == ["optimizer.lr"]
    assert len(data["runs"]) == 3


def test_compare_needs_two_that_there_are(library: Path, run: Run) -> None:
    twice = run("compare", "1-first", library / "1-first", "--runs-dir", library)
    assert twice.status == 2
    assert "nothing to compare" in twice.err
    ran = run("compare", "1-firs", "3-secon", "--runs-dir", library)
    assert ran.status == 2
    assert "did you mean '1-first'?" in ran.err
    assert "did you mean '3-second'?" in ran.err


def test_mark(library: Path, run: Run) -> None:
    place = ("1-first", "--runs-dir", library)
    ran = run("mark", *place, "--title", "The first", "--tag", "a", "--tag", "b", "--favourite",
              "--note", "why\nnot")  # fmt: skip
    assert ran.status == 0
    assert ran.out.splitlines() == [
        "run     1-first", "title   The first", "tags    a, b", "marked  favourite",
        "note    why not",
    ]  # fmt: skip
    entry = json.loads(run("mark", *place, "--untag", "a", "--tag", "c", "--archive", "--json").out)
    assert (entry["title"], entry["tags"], entry["archived"]) == ("The first", ["b", "c"], True)
    assert "1-first" not in names(run("runs", "--runs-dir", library, "--json").out)
    run("mark", *place, "--no-archive", "--no-favourite", "--title", "")
    entry = json.loads(run("mark", *place, "--json").out)
    assert (entry["title"], entry["favourite"], entry["archived"]) == ("", False, False)
    assert "c" in run("runs", "--runs-dir", library, "--tag", "c").out


def test_trash(library: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("send2trash.send2trash", lambda path: shutil.move(path, tmp_path / "trash"))
    make(library, "4-running", environment=myself())
    ran = run("trash", "4-running", "2-third", "--runs-dir", library)
    assert ran.status == 2
    assert "4-running is running" in ran.err
    assert "Moved 2-third to the trash" in ran.err
    assert (tmp_path / "trash" / "recipe.yaml").is_file()
    assert names(run("runs", "--runs-dir", library, "--json").out) == [
        "1-first", "3-second", "4-running",
    ]  # fmt: skip
    assert run("trash", "1-firs", "3-second", "--runs-dir", library).status == 2
    assert (library / "3-second").is_dir()  # nothing is moved when a name is wrong


def test_a_name_of_a_stranger_does_not_move_the_cursor(library: Path, run: Run) -> None:
    try:
        make(library, "9-\x1b[2J", status="finished")
    except OSError:
        pytest.skip("this file system knows no such names")
    assert "\x1b" not in run("runs", "--runs-dir", library).out
    assert "\x1b" not in run("compare", "1-first", "9-\x1b[2J", "--runs-dir", library).out
