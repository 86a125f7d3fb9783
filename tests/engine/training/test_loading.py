"""Checkpoints of earlier versions."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import torch

from engine import torchsetup
from engine.recipe import Recipe
from engine.runs.checkpointfile import read_stamp, stamped
from engine.runs.folder import RunFolder
from engine.training import commands as c
from engine.training.begin import Resume
from engine.training.loading import load_checkpoint
from tests.engine.training.helpers import small, train
from tests.engine.training.stepped import Stepped

LOOP = "epoch_loop."


def rewritten(path: Path, content: dict[str, Any]) -> None:
    stamp = read_stamp(path)
    assert stamp is not None
    buffer = io.BytesIO()
    torch.save(content, buffer)
    path.write_bytes(stamped(buffer.getvalue(), stamp))


def stopped_run(recipe: Recipe, runs: Path) -> RunFolder:
    return Stepped({9: lambda run: run.channel.post(c.Stop())}).run(recipe, runs).folder


def test_steps_that_lightning_counted_itself_are_found(tmp_path: Path) -> None:
    recipe = small(training={"accumulate": 2, "epochs": 2})
    whole = train(recipe, tmp_path)
    stopped = stopped_run(recipe, tmp_path)
    content = load_checkpoint(stopped.last_checkpoint)
    loop = content["loops"]["fit_loop"]
    by_hand = loop[f"{LOOP}manual_optimization.optim_step_progress"]
    loop[f"{LOOP}automatic_optimization.optim_progress"]["optimizer"]["step"] = by_hand
    none = {scope: dict.fromkeys(counts, 0) for scope, counts in by_hand.items()}
    loop[f"{LOOP}manual_optimization.optim_step_progress"] = none
    rewritten(stopped.last_checkpoint, content)
    resumed = Stepped({}).run(recipe, tmp_path, Resume(stopped))
    assert resumed.result.steps == whole.result.steps
    assert resumed.result.weights_sha256 == whole.result.weights_sha256


def test_a_run_goes_on_with_the_steps_that_auto_was_when_it_began(tmp_path: Path) -> None:
    def by(how: str) -> Recipe:
        return small(optimizer={"name": "adamw", "lr": 0.01, "implementation": how})

    whole = train(by("loop"), tmp_path)
    stopped = stopped_run(by("loop"), tmp_path)
    content = load_checkpoint(stopped.last_checkpoint)
    rewritten(stopped.last_checkpoint, {**content, "recipe": by("auto").as_data()})
    stopped.recipe_file.write_text(by("auto").to_yaml())
    resumed = Stepped({}).run(by("auto"), tmp_path, Resume(stopped))
    assert resumed.result.weights_sha256 == whole.result.weights_sha256
    assert train(by("auto"), tmp_path).result.weights_sha256 != whole.result.weights_sha256


@pytest.mark.filterwarnings("error:Be aware")
def test_lightning_says_nothing_of_callbacks_that_it_does_not_know(tmp_path: Path) -> None:
    stopped = stopped_run(small(), tmp_path)
    torchsetup.quieten()
    resumed = Stepped({}).run(small(), tmp_path, Resume(stopped))
    assert resumed.result.status == "finished"
