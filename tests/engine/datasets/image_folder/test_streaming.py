"""Streamed pictures are the same as held ones: the same batches, the same weights."""

from __future__ import annotations

import copy
import os
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from engine.datasets.base import Splits
from engine.datasets.image_folder import cachefolder, streaming
from engine.datasets.image_folder.decoding import Spec
from engine.datasets.image_folder.looks import stamps_of
from engine.datasets.image_folder.streaming import Streamed
from engine.problems import ProblemError
from engine.training.channel import Channel
from engine.training.environment import fingerprint
from engine.training.events import Evaluated, Event
from engine.training.loader import TrainLoader, in_order
from tests.engine.datasets.image_folder.photos import folder
from tests.engine.training.helpers import small, train

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    for name, level in (("cat", 60), ("dog", 160)):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for index in range(30):
            values = random.normal(level, 30, (12, 12)).clip(0, 255).astype(np.uint8)
            Image.fromarray(values).save(tmp_path / "photos" / name / f"{index}.png")
    return tmp_path / "photos"


def streamed_of(photos: Path, names: list[str]) -> Streamed:
    stamps = dict(zip(names, stamps_of(photos, names), strict=True))
    return Streamed(photos, stamps, Spec(1, 12, "crop"))


def build(photos: Path, tmp_path: Path, storage: str) -> Splits:
    return folder(photos, storage=storage).build(tmp_path / "data")


def test_batches_are_those_of_the_memory(photos: Path, tmp_path: Path) -> None:
    held, streamed = (build(photos, tmp_path, storage) for storage in ("memory", "stream"))
    assert isinstance(streamed.train.inputs, Streamed)
    assert torch.equal(held.preprocess.mean, streamed.preprocess.mean)
    loaders = [TrainLoader(splits.train, 7, seed=3) for splits in (held, streamed)]
    for ours, theirs in zip(*loaders, strict=True):
        assert torch.equal(ours[0], theirs[0])
        assert torch.equal(ours[1], theirs[1])
    for name, part in held.named().items():
        both = zip(in_order(part, 4), in_order(streamed.named()[name], 4), strict=True)
        assert all(torch.equal(a[0], b[0]) for a, b in both)


def test_a_training_ends_with_the_same_weights(photos: Path, tmp_path: Path) -> None:
    def weights(storage: str) -> str:
        dataset = {"name": "image_folder", "path": str(photos), "storage": storage}
        recipe = small(dataset=dataset, training={"epochs": 2, "batch_size": 8, "threads": 1})
        result = train(recipe, tmp_path / storage).result
        assert result is not None
        return result.weights_sha256

    assert weights("stream") == weights("memory") != ""


def test_no_decoded_picture_is_kept_on_the_disk(photos: Path, tmp_path: Path) -> None:
    build(photos, tmp_path, "stream")
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert [path.name.endswith(".checked.json") for path in files] == [True]


def test_every_picture_is_checked_once(photos: Path, tmp_path: Path, monkeypatch) -> None:
    first = build(photos, tmp_path, "stream")
    monkeypatch.setattr(streaming, "each_decoded", lambda *_: pytest.fail("checked again"))
    second = build(photos, tmp_path, "stream")
    assert fingerprint(first) == fingerprint(second)


def test_the_fingerprint_is_of_the_content_wherever_it_is(photos: Path, tmp_path: Path) -> None:
    def prints() -> set[str]:
        places = ("stream", "memory", "disk")
        return {fingerprint(build(photos, tmp_path, place)) for place in places}

    before = prints()
    Image.new("L", (12, 12), 3).save(photos / "cat" / "0.png")
    assert len(before) == len(prints()) == 1
    assert prints() != before
    other = folder(photos, storage="memory", split_seed=5).build(tmp_path / "data")
    assert fingerprint(other) not in prints()


def test_unreadable_pictures_are_left_out_before_the_training(photos: Path, tmp_path: Path) -> None:
    (photos / "cat" / "0.png").write_bytes(b"no picture")
    splits = build(photos, tmp_path, "stream")
    assert splits.facts.samples == 59
    assert any("cat/0.png" in note for note in splits.notes)


def test_a_picture_that_is_gone_later_is_named(photos: Path, tmp_path: Path) -> None:
    splits = build(photos, tmp_path, "stream")
    for path in photos.rglob("*.png"):
        path.unlink()
    with pytest.raises(ProblemError) as caught:
        splits.train.inputs[:3]
    (problem,) = caught.value.problems
    assert "cannot be read any more" in problem.sentence
    assert "storage" in problem.hint


@pytest.mark.parametrize("same_size", [True, False])
def test_a_picture_that_changed_later_is_named(
    photos: Path, tmp_path: Path, same_size: bool
) -> None:
    """Also one that can be read, and in a worker process's copy: nobody could tell what was
    learned from."""
    splits = build(photos, tmp_path, "stream")
    changed = photos / "cat" / "7.png"
    if same_size:
        os.utime(changed, ns=(0, 1))
    else:
        Image.new("L", (12, 12)).save(changed)
    for pictures in (splits.train.inputs, copy.copy(splits.train.inputs)):
        with pytest.raises(ProblemError) as caught:
            pictures[torch.arange(len(pictures))]
        (problem,) = caught.value.problems
        assert problem.sentence == "cat/7.png has changed since the training began"
        assert "storage" in problem.hint


def test_a_training_whose_pictures_change_ends_with_the_problem(
    photos: Path, tmp_path: Path
) -> None:
    def change(event: Event, _channel: Channel) -> None:
        if isinstance(event, Evaluated):
            for path in photos.rglob("*.png"):
                os.utime(path, ns=(0, 1))

    dataset = {"name": "image_folder", "path": str(photos), "storage": "stream"}
    recipe = small(dataset=dataset, training={"epochs": 5, "batch_size": 8, "threads": 1})
    ended = train(recipe, tmp_path / "runs", change).ended
    assert ended.result.status == "failed"
    assert not ended.traceback
    assert len(ended.problems) == 1
    assert "has changed since the training began" in ended.problems[0].sentence


def test_streams_when_neither_memory_nor_disk_has_room(
    photos: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(cachefolder.shutil, "disk_usage", lambda path: Usage(10, 10, 10))
    assert isinstance(build(photos, tmp_path, "auto").train.inputs, Streamed)


def test_what_nobody_takes_is_given_up(photos: Path) -> None:
    names = [f"cat/{index}.png" for index in range(30)]
    streamed = streamed_of(photos, names)
    for index in range(20):
        streamed.expect(torch.tensor([index]))
    assert len(streamed._expected) <= 4
    assert streamed.index_select(0, torch.tensor([0, 5])).shape == (2, 1, 12, 12)


def test_a_worker_process_gets_the_files_alone(photos: Path) -> None:
    streamed = streamed_of(photos, ["cat/0.png", "dog/1.png"])
    streamed.expect(torch.tensor([0]))
    again = copy.copy(streamed)
    assert torch.equal(again[0:2], streamed[0:2])
    assert again.shape == (2, 1, 12, 12)
