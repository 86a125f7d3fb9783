"""presets, components, schema, show, and the front door itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine import cli, presets
from engine.recipe import Recipe
from engine.schema import COMPONENTS
from tests.engine.cli.conftest import Run


def test_presets_are_listed_by_name_title_and_path(run: Run) -> None:
    own = presets.user_path("mine")
    presets.save(Recipe.parse({"version": 1, "name": "My own", "dataset": "digits",
                               "architecture": "mlp"}), own, "Why.")  # fmt: skip
    ran = run("presets", "--json")
    assert ran.status == 0
    listed = {entry["name"]: entry for entry in json.loads(ran.out)}
    assert listed["mine"]["title"] == "My own"
    assert listed["mine"]["path"] == str(own)
    lines = run("presets").out.splitlines()
    assert len(lines) == len(listed)
    assert any(line.split()[0] == "mine" and str(own) in line for line in lines)


def test_components_are_listed_with_options_bounds_and_help(run: Run) -> None:
    listed = json.loads(run("components", "--json").out)
    for kind in COMPONENTS.kinds():
        found = [entry["name"] for entry in listed if entry["kind"] == kind]
        assert found == list(COMPONENTS.names(kind))
    (adamw,) = [entry for entry in listed if entry["name"] == "adamw"]
    (rate,) = [option for option in adamw["options"] if option["name"] == "lr"]
    assert (rate["gt"], rate["default"], rate["type"]) == (0, 0.001, "float")
    assert rate["help"].startswith("Learning rate")

    only = json.loads(run("components", "optimizer", "--json").out)
    assert {entry["kind"] for entry in only} == {"optimizer"}
    text = run("components", "training").out
    assert "epochs" in text
    assert "at least 1" in text

    wrong = run("components", "optimiser")
    assert wrong.status == 2
    assert "did you mean 'optimizer'?" in wrong.err


def test_schema_is_json(run: Run) -> None:
    schema = json.loads(run("schema").out)
    assert schema["properties"]["version"]["const"] == 1


def test_show_prints_the_resolved_recipe(run: Run, recipe_file: Path) -> None:
    ran = run("show", recipe_file, "optimizer.lr=0.5", "~name", "+notes=a, b")
    assert (ran.status, ran.err) == (0, "")
    recipe = Recipe.from_yaml(ran.out)
    assert recipe.optimizer.lr == 0.5
    assert (recipe.name, recipe.notes) == ("untitled", "a, b")


def test_bad_input_lists_every_problem_and_exits_with_2(run: Run, recipe_file: Path) -> None:
    ran = run("show", recipe_file, "optimizer.lr=0", "trainig.epochs=3", "dataset.subset=1,2")
    assert (ran.status, ran.out) == (2, "")
    lines = ran.err.splitlines()
    assert len(lines) == 3
    assert "optimizer.lr: Must be greater than 0" in ran.err
    assert "trainig: Unknown key 'trainig' (did you mean 'training'?" in ran.err
    assert "sweep" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a: [", "line 1, column 5"),
        ("- 1", "A recipe is a set of named sections"),
        ("version: 1\ndataset: !!python/name:os.system\narchitecture: mlp\n", "line 2, column 10"),
        ("", "A recipe is a set of named sections"),
    ],
)
def test_a_broken_file_is_a_problem_with_a_place(
    run: Run, tmp_path: Path, text: str, part: str
) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(text)
    for command in ("show", "train"):
        ran = run(command, path, *(["x.y=1"] if command == "train" else []))
        assert ran.status == 2
        assert part in ran.err
        assert "Traceback" not in ran.err


def test_a_preset_that_is_not_there(run: Run) -> None:
    ran = run("show", "nothing_like_it")
    assert ran.status == 2
    assert "There is no preset 'nothing_like_it'" in ran.err
    assert run("train", "nothing.yaml").status == 2


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["show"], ["train", "x", "--epochs", "3"], ["export", "x"]]
)
def test_a_wrong_command_line_exits_with_2(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert "Usage:" in ran.err


def test_help_names_every_command(run: Run) -> None:
    ran = run("--help")
    assert ran.status == 0
    commands = "gui presets components schema show train evaluate export runs"
    assert all(f"\n  {command} " in ran.out for command in commands.split(" "))


# --- The front door ------------------------------------------------------------------------------


def test_without_a_command_the_window_opens(run: Run) -> None:
    opened: list[str | None] = []

    def open_window(argument: str | None) -> int:
        opened.append(argument)
        return 7

    assert run(open_window=open_window).status == 7
    assert run("gui", open_window=open_window).status == 7
    assert run("gui", "digits_mlp", open_window=open_window).status == 7
    assert opened == [None, None, "digits_mlp"]


def no_display(_argument: str | None) -> int:
    raise cli.NoDisplayError("There is no display here")


def test_without_a_display_the_starter_preset_is_trained(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.cli.train.train_starter", lambda: 5)
    ran = run(open_window=no_display)
    assert ran.status == 5
    assert ran.err.count("\n") == 1
    assert ran.err.startswith("There is no display here: training the starter preset")


def test_asking_for_the_window_without_a_display_fails_in_one_line(run: Run) -> None:
    ran = run("gui", open_window=no_display)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.count("\n") == 1


def test_a_bug_is_one_line_and_its_traceback_a_file(run: Run, tmp_path: Path) -> None:
    def broken(_argument: str | None) -> int:
        raise RuntimeError("it broke")

    ran = run(open_window=broken)
    assert ran.status == 1
    assert "RuntimeError: it broke" in ran.err
    assert "Traceback" not in ran.err
    log = Path(ran.err.splitlines()[1].removeprefix("The details are in "))
    assert "Traceback" in log.read_text()


def test_ctrl_c_outside_a_training_exits_with_130(run: Run) -> None:
    def interrupted(_argument: str | None) -> int:
        raise KeyboardInterrupt

    assert run(open_window=interrupted).status == 130


def test_the_options_of_a_group_are_listed_too(run: Run) -> None:
    ran = run("components", "regularization")
    assert "early_stopping.patience" in ran.out
