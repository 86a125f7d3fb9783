"""The summary command: the table, JSON, drawings, overrides and problems."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from tests.engine.cli.conftest import Run


def test_the_layers_are_a_table_with_totals(run: Run, recipe_file: Path) -> None:
    ran = run("summary", recipe_file)
    assert ran.status == 0
    rows = [line.split() for line in ran.out.splitlines()]
    assert ["1", "Linear", "16", "1,040", "1,040", "2,048", "64", "B", "8", "x", "8"] in rows
    assert "Training takes about" in ran.out
    assert "all 8 x 8 pixels" in ran.out
    assert "WARNING" not in ran.out
    assert "Frozen" not in ran.out


def test_overrides_and_json_work_as_in_train(run: Run, recipe_file: Path) -> None:
    ran = run("summary", recipe_file, "architecture.hidden=[4]", "training.freeze=['1']", "--json")
    view = json.loads(ran.out)
    linear = next(layer for layer in view["layers"] if layer["name"] == "1")
    assert (linear["parameters"], linear["trainable"], linear["output_shape"]) == (260, 0, [4])
    assert view["trainable"] == view["parameters"] - 260
    assert view["fits"] is True
    assert view["beginning"]["frozen"] == ["1"]
    assert view["receptive"] == [8, 8]


def test_weights_to_begin_with_are_compared_with_the_network(
    run: Run, recipe_file: Path, tmp_path: Path
) -> None:
    from torchvision import models

    file = tmp_path / "some.pth"
    asked = (
        "summary", recipe_file, "architecture=torchvision", "architecture.tune=gradual",
        "architecture.model=squeezenet1_1", f"architecture.weights={file}",
        "dataset=image_folder", "dataset.path=sample:textures", "dataset.size=17",
    )  # fmt: skip
    gone = run(*asked)
    assert gone.status == 2
    assert "architecture.weights: There is no file" in gone.err
    shown = run("show", *asked[1:])
    assert (shown.status, shown.err) == (2, gone.err)
    torch.save(models.squeezenet1_1().state_dict(), file)
    ran = run(*asked)
    assert ran.status == 0
    assert "Weights from some.pth: 50 of 50 tensors of the backbone" in ran.out
    assert "of each picture the middle 87.5% of the sides is seen at 17 x 17 pixels" in ran.out
    assert "Frozen in the first epoch: backbone." in ran.out


def test_graphs_are_drawn_and_told(run: Run, recipe_file: Path, tmp_path: Path) -> None:
    svg, dot = tmp_path / "net.svg", tmp_path / "loss.dot"
    ran = run("summary", recipe_file, "--graph", svg, "--loss-graph", dot, "--json")
    assert ran.status == 0
    told = json.loads(ran.out)
    assert [node["label"] for node in told["graph"]["nodes"]][:3] == ["input", "Flatten", "Linear"]
    assert told["loss_graph"]["nodes"][-1]["label"].startswith("loss")
    assert svg.read_text(encoding="utf-8").startswith("<svg")
    assert dot.read_text(encoding="utf-8").startswith("digraph")


def test_what_cannot_be_drawn_is_a_problem(run: Run, recipe_file: Path, tmp_path: Path) -> None:
    ran = run("summary", recipe_file, "--graph", tmp_path / "net.png")
    assert ran.status == 2
    assert "written as .svg or .dot" in ran.err
    assert "Linear" in ran.out
    wrong = run("summary", recipe_file, "architecture.hiden=[4]")
    assert wrong.status == 2
    assert "did you mean" in wrong.err


def test_a_training_that_does_not_fit_is_warned_of(run: Run, recipe_file: Path) -> None:
    hidden = "architecture.hidden=[" + ",".join(["65536"] * 60) + "]"
    ran = run("summary", recipe_file, hidden, "training.device=cpu")
    assert "WARNING: the training will not fit" in ran.out
