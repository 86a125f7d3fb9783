"""The snippets of docs/export.md do what the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from engine.exporters import export_run, formats
from engine.recipe import Recipe
from engine.runs.folder import RunFolder
from engine.training.channel import Channel
from engine.training.session import run_recipe

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
FILES = {"safetensors": "model.safetensors", "torchscript": "model.pt", "onnx": "model.onnx"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run and its model in every format, under the names that the page uses."""
    data = {
        "version": 1,
        "dataset": "digits",
        "architecture": {"name": "mlp", "hidden": [16]},
        "training": {"steps": 5, "threads": 1, "device": "cpu"},
    }
    folder = tmp_path_factory.mktemp("docs")
    result = run_recipe(Recipe.parse(data), folder, folder, Channel())
    assert result.run is not None
    result.run.rename(folder / "run")
    for format in formats():
        export_run(RunFolder(folder / "run"), format, folder / FILES[format], folder)
    return folder


def test_the_page_shows_every_format():
    assert len(SNIPPETS) == 4
    for format in formats():
        assert f"`{format}`" in PAGE
        assert FILES[format] in "".join(SNIPPETS)


@pytest.mark.parametrize("number", range(4))
def test_a_snippet_runs(folder: Path, number: int):
    code = SNIPPETS[number]
    foreign = "engine" not in code
    if foreign:  # what is said to need nothing of this program must not import it
        code += "\nimport sys; assert 'engine' not in sys.modules"
    environment = {**os.environ, "PYTHONPATH": "" if foreign else str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    if "print(names" in code or "print(json" in code:
        assert done.stdout.strip() in {str(digit) for digit in range(10)}


def test_the_names_of_the_contents_are_those_in_the_files(folder: Path):
    from safetensors import safe_open

    with safe_open(folder / "model.safetensors", framework="pt") as file:
        for key in file.metadata():
            assert f"`{key}`" in PAGE
