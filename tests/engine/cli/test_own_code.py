"""Own code on the command line: refused with its hash, allowed by it, kept in the run, compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine import consent
from tests.engine.cli.conftest import Run

CODE = """
import numpy as np
def datasets():
    x = np.random.default_rng(0).normal(size=(60, 3)).astype("float32")
    return x, (x[:, 0] > 0).astype(int)
"""
RECIPE = """\
version: 1
name: own
dataset: {{name: python, path: {path}}}
architecture: {{name: mlp, hidden: [4]}}
training: {{epochs: 1, threads: 1}}
"""


@pytest.fixture
def code(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(CODE)
    return path


@pytest.fixture
def recipe(tmp_path: Path, code: Path) -> Path:
    path = tmp_path / "own.yaml"
    path.write_text(RECIPE.format(path=json.dumps(str(code))))
    return path


def sha(path: Path) -> str:
    return consent.read(path, "x").sha256


def test_a_run_with_own_code_from_refusal_to_replay(run: Run, recipe, code, tmp_path):
    runs = ("--runs-dir", tmp_path / "runs", "--data-dir", tmp_path / "data", "--quiet")
    refused = run("train", recipe, *runs)
    assert refused.status == 2
    assert f"--allow-code {sha(code)}" in refused.err
    assert run("train", recipe, *runs, "--allow-code", "0" * 64).status == 2
    assert run("train", recipe, *runs, "--allow-code", sha(code)).status == 0
    (folder,) = (tmp_path / "runs").iterdir()
    assert (folder / "code" / "mine.py").read_text() == CODE
    known = json.loads((folder / "environment.json").read_text())["code"]["dataset.path"]
    assert known == {"path": str(code), "sha256": sha(code), "copy": "code/mine.py"}
    # What the option allowed, it allowed for that command.
    data = ("--data-dir", tmp_path / "data")
    assert run("evaluate", folder, *data).status == 2
    assert run("evaluate", folder, *data, "--allow-code", sha(code)).status == 0
    code.write_text(CODE + "# the same data, but other code\n")
    for command in (("evaluate", folder, *data), ("replay", folder, *runs),
                    ("extend", folder, "--epochs", 1, *runs)):  # fmt: skip
        other = run(*command, "--allow-code", sha(code))
        assert other.status == 2
        assert "is not the file that the run was made with" in other.err
        assert "code/mine.py" in other.err
    code.write_text(CODE)
    assert run("replay", folder, *runs, "--allow-code", sha(code)).status == 0


def test_what_is_no_hash_is_bad_input(run: Run, recipe):
    refused = run("train", recipe, "--allow-code", "yes")
    assert refused.status == 2
    assert "no SHA-256" in refused.err


def test_what_was_allowed_in_the_window_needs_no_option(run: Run, recipe, code):
    consent.allow(code, sha(code))
    assert run("show", recipe).status == 0


def test_a_network_of_own_code_is_refused_then_trained(run: Run, recipe, tmp_path):
    net = tmp_path / "net.py"
    net.write_text(
        "from torch import nn\nprint('running')\n"
        "def make(inputs: int, outputs, width: int = 4):\n"
        "    return nn.Sequential(nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, outputs))\n"
    )
    given = ("train", recipe, "dataset=iris", "architecture=custom", f"architecture.path={net}",
             "architecture.options.width=8", "--runs-dir", tmp_path / "runs", "--quiet",
             "--json")  # fmt: skip
    refused = run(*given)
    assert refused.status == 2
    assert sha(net) in refused.out
    done = run(*given, "--allow-code", sha(net))
    assert done.status == 0
    assert json.loads(done.out.splitlines()[-1])["status"] == "finished"
    assert all(line.startswith("{") for line in done.out.splitlines())
    (folder,) = (tmp_path / "runs").iterdir()
    assert (folder / "code" / "net.py").read_text() == net.read_text()
    shown = run("summary", folder / "recipe.yaml", "--allow-code", sha(net), "--json")
    assert shown.status == 0, shown.err
