"""Published weights: fetched once, checked, and where they belong if they cannot be fetched."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch

from engine import torchsetup as torchsetup  # isort: skip
from torchvision import models

from engine.architectures.vision.registry import NAMES
from engine.architectures.weights import published
from engine.architectures.weights.beginning import beginning
from engine.datasets.download import Archive
from engine.problems import ProblemError
from engine.recipe import Recipe

MODEL = "shufflenet_v2_x0_5"


def recipe() -> Recipe:
    chosen = {"name": "torchvision", "model": MODEL, "weights": "published"}
    return Recipe.parse({"version": 1, "dataset": "digits", "architecture": chosen})


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that stands in for the published one."""
    given = tmp_path / "server" / "weights.pth"
    given.parent.mkdir()
    torch.save(models.get_model(MODEL, weights=None).state_dict(), given)
    checksum = hashlib.sha256(given.read_bytes()).hexdigest()[:8]

    def archive(model: str, data_dir: Path) -> Archive:
        return Archive(data_dir / "weights" / f"{model}-x.pth", (given.as_uri(),), sha256=checksum)

    monkeypatch.setattr(published, "_archive", archive)
    return given


def test_every_file_has_a_checksum_in_its_name(tmp_path: Path) -> None:
    for model in NAMES:
        archive = published._archive(model, tmp_path)
        assert len(archive.sha256) >= 8, model
        assert archive.path.parent == tmp_path / "weights"


def test_weights_are_fetched_once_with_their_size(server: Path, tmp_path: Path) -> None:
    told: list[str] = []
    chosen, data = recipe(), tmp_path / "data"
    facts = chosen.dataset.facts()
    assert beginning(chosen, facts, data, fetch=False) is None
    found = beginning(chosen, facts, data, lambda message, _fraction: told.append(message))
    assert found is not None
    assert found.report.whole
    assert told[0].startswith(f"Downloading weights of {MODEL} (")
    server.unlink()
    assert beginning(chosen, facts, data, fetch=False) is not None


def test_a_damaged_file_is_not_taken(server: Path, tmp_path: Path) -> None:
    server.write_bytes(server.read_bytes() + b"more")
    with pytest.raises(ProblemError, match="damaged or not the file"):
        beginning(recipe(), recipe().dataset.facts(), tmp_path / "data")


def test_without_a_network_the_file_and_its_place_are_named(server: Path, tmp_path: Path) -> None:
    server.unlink()
    with pytest.raises(ProblemError) as caught:
        beginning(recipe(), recipe().dataset.facts(), tmp_path / "data")
    (problem,) = caught.value.problems
    assert problem.path == "architecture.weights"
    assert f"put {MODEL}-x.pth into {tmp_path / 'data' / 'weights'}" in problem.hint
