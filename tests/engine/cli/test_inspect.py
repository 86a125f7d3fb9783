"""inspect: a preset, a recipe file or a path of data; what is found, and the recipe to use."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import Any

import pytest

from engine import consent, grammar
from engine.cli.inspect import _written
from engine.recipe import Recipe
from tests.engine.cli.conftest import RECIPE, Run
from tests.engine.inspection.made import divided, measures, pattern, pictures, save, table


def told(out: str) -> dict[str, Any]:
    """The one line of JSON."""
    (line,) = out.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_a_preset(run: Run) -> None:
    ran = run("inspect", "digits_cnn")
    assert ran.status == 0
    assert "image, classes, a sample is 1 x 8 x 8" in ran.out
    assert "train  1,298" in ran.out
    assert "Fingerprint " in ran.out
    assert "Proposed" not in ran.out


def test_a_recipe_file_with_changes(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(RECIPE, encoding="utf-8")
    found = told(run("inspect", str(file), "dataset.subset=100", "--json").out)
    assert sum(found["sizes"].values()) == 100
    assert found["proposal"] is None
    assert [f["mend"] for f in found["findings"] if f["code"] == "subset"] == [
        {"dataset.subset": None}
    ]


def test_a_path_is_proposed_and_inspected(run: Run, tmp_path: Path) -> None:
    path = table(tmp_path / "meine daten.csv", measures())
    ran = run("inspect", str(path))
    assert ran.status == 0
    assert "Proposed: dataset=table" in ran.out
    assert "'label' is taken as the target" in ran.out
    assert "name: table" in ran.out
    assert "Nothing was found that should be mended." in ran.out


def test_findings_of_a_folder_as_json(run: Run, tmp_path: Path) -> None:
    root = divided(tmp_path / "pictures")
    save(pattern(3), root / "test" / "cat" / "again.png")
    (root / "train" / "cat" / "broken.png").write_bytes(b"no picture")
    ran = run("inspect", str(root), "--json", "--data-dir", str(tmp_path / "cache"))
    assert ran.status == 0
    found = told(ran.out)
    assert found["proposal"]["kind"] == "image_folder"
    codes = {finding["code"]: finding for finding in found["findings"]}
    assert codes["leakage"]["severity"] == "error"
    assert codes["unreadable"]["evidence"][0].startswith("train/cat/broken.png")
    assert found["counts"]["test"] == {"cat": 7, "dog": 6}


def test_data_that_cannot_be_used_is_a_finding(run: Run, tmp_path: Path) -> None:
    root = divided(tmp_path / "pictures")
    pictures(root, "val", "owl", range(5000, 5003))
    ran = run("inspect", str(root))
    assert ran.status == 0
    assert "error: " in ran.out
    assert "owl" in ran.out
    broken = table(tmp_path / "broken.csv", measures(50))
    broken.write_text(broken.read_text() + "1,2,3,4,5\n", encoding="utf-8")
    found = told(run("inspect", str(broken), "--json").out)
    assert found["facts"] is None
    assert found["findings"][0]["code"] == "not_usable"


def test_an_alternative_can_be_asked_for(run: Run, shared_data: Path) -> None:
    path = shared_data / "timeseries" / "ETTh1.csv"
    found = told(run("inspect", str(path), "dataset=table", "--json").out)
    assert found["recipe"]["dataset"]["name"] == "table"
    assert found["recipe"]["dataset"]["path"] == str(path)
    assert found["facts"]["kind"] == "table"


def test_the_proposal_can_be_saved_and_trained_from(run: Run, tmp_path: Path) -> None:
    path = table(tmp_path / "data.csv", measures())
    file = tmp_path / "new" / "recipe.yaml"
    ran = run("inspect", str(path), "training.epochs=3", "--save", str(file))
    assert ran.status == 0
    assert str(file) in ran.err
    recipe = Recipe.load(file)
    assert recipe.training.epochs == 3
    assert recipe.dataset.name == "table"
    assert file.read_text(encoding="utf-8").startswith("# 200 rows of 3 columns")


def test_bad_paths_and_recipes(run: Run, tmp_path: Path) -> None:
    for what in ("nope", str(tmp_path / "nope.csv"), str(tmp_path / "nope.yaml"), str(tmp_path)):
        ran = run("inspect", what)
        assert ran.status == 2, what
        assert ran.err
        assert not ran.out
    assert run("inspect", "digits_mlp", "architecture.hidden=[0]").status == 2
    assert run("inspect", "cars_mlp", "dataset.path=nowhere.csv").status == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without named pipes")
def test_what_would_wait_for_ever_is_not_opened(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    ran = run("inspect", str(tmp_path / "pipe.csv"))
    assert (ran.status, "is no file and no folder" in ran.err) == (2, True)
    table(tmp_path / "rows.csv", measures(40))
    assert "rows.csv" in run("inspect", str(tmp_path)).out


def test_names_in_the_data_do_not_reach_the_terminal_as_commands(run: Run, tmp_path: Path) -> None:
    red = "\x1b[31mred\x07"
    rows = [f"words {red} number {n},{red if n % 2 else 'plain'}" for n in range(40)]
    (tmp_path / "texts.csv").write_text("text,label\n" + "\n".join(rows), encoding="utf-8")
    ran = run("inspect", str(tmp_path / "texts.csv"))
    assert "[31mred" in ran.out
    assert "\x1b" not in ran.out + ran.err


@pytest.mark.parametrize(
    "name",
    ["plain", "two words", "a, b]", "$(reboot); x", "it's", "c:\\", "\\'", "2024", "null", "Größe"],
)
def test_a_mend_can_be_pasted_into_a_shell(name: str) -> None:
    (change,) = shlex.split(shlex.quote(f"dataset.ignore={_written([name, 'other'])}"))
    assert grammar.read(change.removeprefix("dataset.ignore=")).plain == [name, "other"]


def test_own_code_is_allowed_as_its_refusal_says(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("import numpy as np\ndef datasets():\n"
                    "    return np.eye(30, dtype='float32'), np.arange(30) % 2\n")  # fmt: skip
    asked = ("digits_mlp", "dataset=python", f"dataset.path={file}")
    allowed = ("--allow-code", consent.read(file, "x").sha256)
    assert "--allow-code" in run("show", *asked).err
    assert run("show", *asked, *allowed).status == 0
    assert "a sample is 30" in run("inspect", *asked, *allowed).out


def test_every_kind_of_statistics_is_shown(run: Run, tmp_path: Path, shared_data: Path) -> None:
    names = run("inspect", str(shared_data / "text" / "names")).out
    assert "Vocabulary of" in names
    assert "Russian" in names
    minimum = run("inspect", str(shared_data / "timeseries" / "daily-min-temperatures.csv")).out
    assert "1981-01-01" in minimum
    assert "1 day apart" in minimum
