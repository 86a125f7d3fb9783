"""Every optimizer: stopped in the middle of an epoch and resumed, with its rate changed on the way,
gives the same bits; its state needs no trust to be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.live import live_paths
from engine.schema import COMPONENTS
from engine.training import commands as c
from engine.training.begin import Resume
from engine.training.loading import load_checkpoint
from tests.engine.training.helpers import small
from tests.engine.training.stepped import Stepped, asks

OPTIMIZERS: dict[str, dict[str, Any]] = {
    **{name: {"name": name} for name in COMPONENTS.names("optimizer")},
    "asgd that averages": {"name": "asgd", "average_from": 3},
    "fused adamw": {"name": "adamw", "implementation": "fused"},
    "fused sgd": {"name": "sgd", "implementation": "fused"},
    "fused adagrad": {"name": "adagrad", "implementation": "fused"},
    "adam by foreach": {"name": "adam", "implementation": "foreach"},
    "sam round sgd": {"name": "sam", "base": "sgd", "adaptive": True},
    "lookahead round sgd": {"name": "lookahead", "base": "sgd", "k": 7, "alpha": 0.8},
}
BRIEF = {"epochs": 2}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_stopped_in_an_epoch_and_resumed(name: str, tmp_path: Path) -> None:
    exempt = name != "lbfgs"
    recipe = small(
        optimizer=OPTIMIZERS[name],
        regularization={"dropout": 0.1, "weight_decay": 0.01, "exempt": exempt},
        training=BRIEF,
    )
    lr = recipe.optimizer.lr / 2
    path = "optimizer.lr" if "optimizer.lr" in live_paths(recipe) else "regularization.l1"
    acts = {3: asks({path: lr})}
    whole = Stepped(acts).run(recipe, tmp_path)
    assert whole.result.status == "finished"

    stopped = Stepped({**acts, 9: lambda run: run.channel.post(c.Stop())}).run(recipe, tmp_path)
    assert load_checkpoint(stopped.folder.last_checkpoint)["optimizer_states"]
    resumed = Stepped({}).run(recipe, tmp_path, Resume(stopped.folder))
    assert resumed.result.weights_sha256 == whole.result.weights_sha256
    assert resumed.result.metrics == whole.result.metrics


def test_the_way_a_step_is_made_is_in_the_bits_only_when_fused(tmp_path: Path) -> None:
    def bits(how: str) -> str:
        optimizer = {"name": "adamw", "lr": 0.003, "implementation": how}
        return Stepped({}).run(small(optimizer=optimizer), tmp_path).result.weights_sha256

    assert bits("loop") == bits("foreach")
    assert bits("auto") == bits("fused")
