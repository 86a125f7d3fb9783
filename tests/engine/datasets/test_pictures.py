"""The downloadable sets of pictures: from a server's archives to tensors."""

from __future__ import annotations

import inspect
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from engine import torchsetup as torchsetup  # isort: skip
from torchvision import datasets as tv

from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.schema import COMPONENTS
from tests.engine.datasets import archives
from tests.engine.datasets.files import md5, write
from tests.engine.datasets.servers import Server, serving

SETS = {  # grey level of one class more, training (with validation) and test samples
    "eurosat": (20, 26, 4),
    "gtsrb": (5, 86, 43),
    "flowers102": (2, 204, 102),
    "oxford_pets": (6, 74, 37),
    "caltech101": (2, 258, 45),
    "food101": (2, 202, 101),
}
SOURCES = {
    "eurosat": tv.EuroSAT, "gtsrb": tv.GTSRB, "flowers102": tv.Flowers102,
    "oxford_pets": tv.OxfordIIITPet, "caltech101": tv.Caltech101, "food101": tv.Food101,
}  # fmt: skip


def component(name: str) -> Any:
    return COMPONENTS.get("dataset", name)


@pytest.fixture
def server(tmp_path: Path):
    with serving(tmp_path / "server") as running:
        yield running


def pretend(monkeypatch: pytest.MonkeyPatch, name: str, server: Server, **changed: bytes) -> None:
    """Let the set be fetched from our server."""
    files = getattr(archives, name)() | changed
    write(server.folder, files)
    packages = tuple(
        replace(package, url=f"{server.url}{file}", md5=md5(files[file]))
        for package in component(name).packages
        for file in [package.file.rpartition("/")[2]]
    )
    monkeypatch.setattr(component(name), "packages", packages)


def build(name: str, root: Path, told: list[str] | None = None, **options: Any) -> Any:
    told = told if told is not None else []
    return component(name)(**options).build(root, lambda words, _part: told.append(words))


def problem_of(name: str, root: Path) -> Problem:
    with pytest.raises(ProblemError) as caught:
        build(name, root)
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize("name", SETS)
def test_a_set_is_fetched_unpacked_and_decoded_once(name, server, tmp_path, monkeypatch):
    pretend(monkeypatch, name, server)
    step, train, test = SETS[name]
    root, told = tmp_path / "data", []
    assert not component(name)().on_disk(root)
    splits = build(name, root, told, size=16)
    assert told[0].startswith("Downloading")
    assert any(words.startswith("Unpacking") for words in told)
    assert (len(splits.train) + len(splits.val), len(splits.test)) == (train, test)
    for part in splits.named().values():
        assert part.inputs.dtype == torch.uint8
        assert part.inputs.shape[1:] == (3, 16, 16)
        assert ((part.inputs[:, 1, 8, 8].long() - step * part.targets).abs() <= 3).all()
    # Again from what is there: nothing is fetched, unpacked or decoded.
    assert component(name)().on_disk(root)
    told.clear()
    server.asked.clear()
    again = build(name, root, told, size=16)
    assert torch.equal(again.train.inputs, splits.train.inputs)
    assert not server.asked
    assert not any(words.startswith(("Unpacking", "Reading")) for words in told)
    assert not list(root.rglob("*.part"))


@pytest.mark.parametrize("name", SETS)
def test_addresses_and_checksums_are_torchvisions(name):
    text = inspect.getsource(SOURCES[name])
    for package in component(name).packages:
        assert package.md5 in text
        assert package.url.rpartition("/")[2] in text
        assert package.url.split("/")[2] in text


@pytest.mark.parametrize("name", SETS)
def test_facts_are_known_without_the_data(name):
    facts = component(name)(size=48).facts()
    assert facts.shape == (3, 48, 48)
    assert len(set(facts.targets)) == len(facts.targets)
    assert facts.download > 90_000_000
    assert facts.licence
    assert facts.official_test < facts.samples


@pytest.mark.parametrize("name", SETS)
def test_a_size_that_nobody_gave_is_the_usual_one_or_that_of_pretrained_weights(name):
    made = component(name)()
    assert made.size is None
    assert made.facts().shape == (3, made.side, made.side)
    assert made.side == (32 if name == "gtsrb" else 64)
    weights = {"name": "torchvision", "model": "swin_t", "weights": "published"}
    parsed = Recipe.parse({"version": 1, "dataset": name, "architecture": weights})
    assert parsed.dataset.facts().shape == (3, 224, 224)
    assert parsed.dataset.interpolation == "bicubic"
    explicit = {"version": 1, "dataset": {"name": name, "size": 64}, "architecture": weights}
    assert Recipe.parse(explicit).dataset.facts().shape == (3, 64, 64)


def test_class_names_are_torchvisions():
    assert component("flowers102").classes == tuple(tv.Flowers102.classes)


def test_the_parts_that_the_authors_made_are_kept(server, tmp_path, monkeypatch):
    pretend(monkeypatch, "flowers102", server)
    splits = build("flowers102", tmp_path, size=8, val_fraction=0.5)
    assert [len(part) for part in splits.named().values()] == [102, 102, 102]


def test_a_damaged_archive_is_named(server, tmp_path, monkeypatch):
    pretend(monkeypatch, "eurosat", server, **{"EuroSAT.zip": b"no archive"})
    problem = problem_of("eurosat", tmp_path / "data")
    assert "EuroSAT.zip is damaged" in problem.sentence
    assert not (tmp_path / "data" / "eurosat" / "2750").exists()


def test_a_list_that_is_damaged_is_named(server, tmp_path, monkeypatch):
    pretend(monkeypatch, "oxford_pets", server)
    build("oxford_pets", tmp_path, size=8)
    lists = tmp_path / "oxford-iiit-pet" / "annotations"
    for text in ("Abyssinian_0 99 1 1\n", "Abyssinian_0\n", "Abyssinian_0 1 1 1\n"):
        (lists / "trainval.txt").write_text(text)
        assert "oxford-iiit-pet is damaged" in problem_of("oxford_pets", tmp_path).sentence
    (lists / "trainval.txt").unlink()
    assert "cannot be read" in problem_of("oxford_pets", tmp_path).sentence


def test_a_class_that_is_missing_is_named(server, tmp_path, monkeypatch):
    pretend(monkeypatch, "eurosat", server)
    build("eurosat", tmp_path, size=8)
    for path in (tmp_path / "eurosat" / "2750" / "River").iterdir():
        path.unlink()
    assert "pictures of River are missing" in problem_of("eurosat", tmp_path).sentence
