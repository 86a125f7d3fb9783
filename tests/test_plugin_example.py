"""The example package is installed as a stranger's is, and its components train."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "docs" / "plugin-example"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which the example is installed beside everything else."""
    pytest.importorskip("hatchling")
    target = tmp_path_factory.mktemp("site")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps",
         "--no-build-isolation", "--disable-pip-version-check", "--target", target, EXAMPLE],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return os.environ | {"PYTHONPATH": str(target)}


def run(environment: dict[str, str], *arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, ROOT / "main.py", *map(str, arguments)],
        env=environment, capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_its_components_are_listed_and_in_the_schema(installed: dict[str, str]) -> None:
    optimizers = json.loads(run(installed, "components", "optimizer", "--json"))
    (found,) = [entry for entry in optimizers if entry["name"] == "sign_sgd"]
    assert [option["name"] for option in found["options"]] == ["lr", "schedule", "momentum"]
    definitions = json.loads(run(installed, "schema"))["$defs"]
    assert definitions["Moons"]["properties"]["noise"]["default"] == 0.15
    assert not (EXAMPLE / "build").exists()


def test_it_trains_from_the_command_line(installed: dict[str, str], tmp_path: Path) -> None:
    recipe = tmp_path / "moons.yaml"
    recipe.write_text(
        "version: 1\ndataset: moons\narchitecture: mlp\n"
        "optimizer: {name: sign_sgd, lr: 0.01}\ntraining: {epochs: 1, threads: 1}\n"
    )
    told = run(installed, "train", recipe, "--runs-dir", tmp_path, "--quiet", "--json")
    assert json.loads(told.splitlines()[-1])["status"] == "finished"
    (checkpoint,) = tmp_path.glob("*/checkpoints/last.ckpt")
    assert checkpoint.is_file()
