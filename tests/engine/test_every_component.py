"""Every registered component learns: a few steps with a finite loss, exported hash and all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.recipe import Recipe
from engine.schema import COMPONENTS
from tests.engine.training.helpers import small, train

BRIEF = {"epochs": 1, "steps": 3, "batch_size": 32, "threads": 1}
DATA_FOR_LOSS = {"mse": "diabetes", "l1": "diabetes", "huber": "diabetes",
                 "bce_with_logits": "breast_cancer"}  # fmt: skip
OWN = {
    name for name in COMPONENTS.names("dataset")
    if "path" in COMPONENTS.get("dataset", name).model_fields
}  # fmt: skip
"""Datasets that read the user's own files; their tests train them."""
DOWNLOADED = {
    name for name in COMPONENTS.names("dataset")
    if name not in OWN and COMPONENTS.get("dataset", name)().facts().download
}  # fmt: skip


def recipe_for(kind: str, name: str) -> Recipe:
    """A short recipe that uses one component."""
    sections: dict[str, Any] = {"training": BRIEF}
    if kind == "schedule":
        sections["optimizer"] = {"name": "sgd", "schedule": {"name": name, "warmup": 1}}
    elif kind == "loss":
        dataset = DATA_FOR_LOSS.get(name, "digits")
        sections |= {"loss": {"name": name}, "dataset": {"name": dataset}}
    elif kind == "dataset":
        task_loss = "mse" if name == "diabetes" else "cross_entropy"
        sections |= {"dataset": {"name": name}, "loss": {"name": task_loss}}
    else:
        sections[kind] = {"name": name}
    return small(**sections)


CASES = [
    (kind, name)
    for kind in ("loss", "optimizer", "schedule", "dataset")  # architectures have a file of theirs
    for name in COMPONENTS.names(kind)
    if name not in DOWNLOADED | OWN  # their loading is tested on files of their format
]


@pytest.mark.parametrize(("kind", "name"), CASES, ids=[f"{kind}-{name}" for kind, name in CASES])
def test_trains(kind: str, name: str, tmp_path: Path) -> None:
    run = train(recipe_for(kind, name), tmp_path / "runs")
    assert run.result.status == "finished", run.ended.problems
    assert run.result.steps == 3
    losses = [value for _, _, value in run.metrics()["train_loss"]]
    assert len(losses) == 3
    assert len(run.result.weights_sha256) == 64


def test_every_kind_is_covered() -> None:
    assert set(COMPONENTS.kinds()) >= {
        "dataset", "architecture", "loss", "optimizer", "schedule",
    }  # fmt: skip
    assert len(CASES) >= 4 + 8 + 7 + 6 + 5
