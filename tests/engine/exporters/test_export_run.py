"""Exporting a finished run: the model of its checkpoint, beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from engine.exporters import export_run, find_exporter, formats
from engine.problems import ProblemError
from engine.recipe import Recipe
from engine.runs.folder import RunFolder
from engine.training.channel import Channel
from engine.training.evaluate import load_trained
from engine.training.session import run_recipe


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A short training with averaged weights, so that live and averaged ones differ."""
    data = {
        "version": 1,
        "name": "short",
        "dataset": "digits",
        "architecture": {"name": "mlp", "hidden": [16]},
        "regularization": {"ema": 0.9},
        "training": {"steps": 12, "threads": 1, "device": "cpu"},
    }
    folder = tmp_path_factory.mktemp("runs")
    result = run_recipe(Recipe.parse(data), folder, folder, Channel())
    assert result.status == "finished"
    assert result.run is not None
    return RunFolder(result.run)


@pytest.mark.parametrize("format", formats())
def test_the_exported_model_is_that_of_the_checkpoint(run: RunFolder, format, tmp_path: Path):
    report = export_run(run, format, None, tmp_path)
    exporter = find_exporter(format)
    assert report.path == run.exports / f"{run.name}.{exporter.suffix}"
    trained = load_trained(run, tmp_path)
    raw = trained.splits.test.inputs
    with torch.no_grad():
        expected = trained.network(trained.splits.preprocess(raw))
    found = exporter.open(report.path)(raw.float())
    assert torch.allclose(found, expected, atol=1e-5)
    assert report.samples == min(256, len(trained.splits.val))
    accuracy = (found.argmax(1) == trained.splits.test.targets).float().mean()
    summary = json.loads(run.summary_file.read_text())
    assert float(accuracy) == pytest.approx(summary["metrics"]["test_accuracy"], abs=1e-6)


def test_a_path_of_ones_own(run: RunFolder, tmp_path: Path):
    out = tmp_path / "new folder" / "modèle.onnx"
    assert export_run(run, "onnx", out, tmp_path).path == out
    assert out.is_file()


def test_a_checkpoint_of_ones_own(run: RunFolder, tmp_path: Path):
    content = torch.load(run.last_checkpoint, weights_only=True)
    for name, tensor in content["state_dict"].items():
        if "bias" in name or "weight" in name:
            tensor.zero_()
    torch.save(content, tmp_path / "zero.ckpt")
    out = tmp_path / "zero.onnx"
    export_run(run, "onnx", out, tmp_path, checkpoint=tmp_path / "zero.ckpt")
    raw = load_trained(run, tmp_path).splits.test.inputs.float()
    assert find_exporter("onnx").open(out)(raw).abs().max() == 0


def test_a_run_without_a_checkpoint(run: RunFolder, tmp_path: Path):
    empty = RunFolder(tmp_path / "run")
    empty.path.mkdir()
    empty.recipe_file.write_text(run.recipe_file.read_text())
    with pytest.raises(ProblemError):
        export_run(empty, "onnx", None, tmp_path)
    assert not empty.exports.exists()


def test_the_format_is_checked_before_anything_is_read(tmp_path: Path):
    with pytest.raises(ProblemError, match="no export format"):
        export_run(RunFolder(tmp_path / "nothing"), "onx", None, tmp_path)
