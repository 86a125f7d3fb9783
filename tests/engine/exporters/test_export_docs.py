"""The snippets of docs/export.md do what the page says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine import paths
from engine.exporters import export_run, formats
from engine.recipe import Recipe
from engine.runs.folder import RunFolder
from engine.training.channel import Channel
from engine.training.session import run_recipe
from tests.engine.training.owndata import text_data

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
FILES = {"safetensors": "model.safetensors", "torchscript": "model.pt", "onnx": "model.onnx"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with runs and their models, under the names that the page uses."""
    folder = tmp_path_factory.mktemp("docs")
    trained(folder, "run", "digits", {"name": "mlp", "hidden": [16]})
    for format in formats():
        export_run(RunFolder(folder / "run"), format, folder / FILES[format], folder)
    trained(folder, "topics", text_data(folder), {"name": "bag", "embedding": 4})
    export_run(RunFolder(folder / "topics"), "torchscript", folder / "topics.pt", folder)
    pictures = {"name": "image_folder", "path": "sample:textures", "size": 8}
    trained(folder, "flowers", pictures, {"name": "mlp", "hidden": [8]})
    export_run(RunFolder(folder / "flowers"), "safetensors", folder / "flowers.safetensors", folder)
    some = next(paths.bundled("resources").joinpath("samples", "textures").rglob("*.jpg"))
    shutil.copyfile(some, folder / "tulip.jpg")
    return folder


def trained(folder: Path, name: str, dataset: Any, architecture: dict[str, Any]) -> None:
    """A run of that name in the folder, of a few steps."""
    training = {"steps": 5, "threads": 1, "device": "cpu"}
    data = {"version": 1, "dataset": dataset, "architecture": architecture, "training": training}
    result = run_recipe(Recipe.parse(data), folder, folder, Channel())
    assert result.run is not None
    result.run.rename(folder / name)


def test_the_page_shows_every_format():
    assert len(SNIPPETS) == 6
    for format in formats():
        assert f"`{format}`" in PAGE
        assert FILES[format] in "".join(SNIPPETS)


@pytest.mark.parametrize("number", range(6))
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
