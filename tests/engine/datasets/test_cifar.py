"""CIFAR-10 and CIFAR-100 on small files of their format, whole, packed, broken and hostile."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch

from engine import torchsetup as torchsetup  # isort: skip
from torchvision import datasets as tv

from engine.problems import Problem, ProblemError
from engine.schema import COMPONENTS
from tests.engine.datasets.files import cifar_files, md5, tar_gz, write

SOURCES = {"cifar10": tv.CIFAR10, "cifar100": tv.CIFAR100}
SIZES = {"cifar10": (300, 30), "cifar100": (300, 100)}


def build(name: str, root: Path, **options: object):
    return COMPONENTS.get("dataset", name)(**options).build(root)


def problem_of(root: Path, name: str = "cifar10") -> Problem:
    with pytest.raises(ProblemError) as caught:
        build(name, root)
    (problem,) = caught.value.problems
    assert problem.path == "dataset"
    assert problem.hint
    return problem


def files_of(name: str, protocol: int = 2) -> dict[str, bytes]:
    return cifar_files(name == "cifar100", protocol)


@pytest.mark.parametrize("protocol", [2, 3, 4])
@pytest.mark.parametrize("name", SOURCES)
def test_batches_are_read_as_they_are(name, protocol, tmp_path):
    write(tmp_path / SOURCES[name].base_folder, files_of(name, protocol))
    assert COMPONENTS.get("dataset", name)().on_disk(tmp_path)
    splits = build(name, tmp_path)
    assert (len(splits.train) + len(splits.val), len(splits.test)) == SIZES[name]
    for part in splits.named().values():
        assert part.inputs.shape[1:] == (3, 32, 32)
        assert part.inputs.dtype == torch.uint8
        assert torch.equal(part.inputs[:, 0, 5, 9].long() - 100, part.targets)
        assert torch.equal(part.inputs[:, 2, 31, 0].long(), part.targets)


def test_every_class_has_a_name():
    for name, count in (("cifar10", 10), ("cifar100", 100)):
        targets = COMPONENTS.get("dataset", name)().facts().targets
        assert len(set(targets)) == count
        assert list(targets) == sorted(targets)  # the labels' order is the alphabet's


@pytest.mark.parametrize("name", SOURCES)
def test_the_archive_is_fetched_and_only_its_batches_are_taken(name, tmp_path, monkeypatch):
    source, files = SOURCES[name], files_of(name)
    members = {f"{source.base_folder}/{file}": content for file, content in files.items()}
    packed = tar_gz(members | {"../outside": b"!", f"{source.base_folder}/readme.html": b"!"})
    server = write(tmp_path / "server", {source.filename: packed})
    monkeypatch.setattr(source, "url", (server / source.filename).as_uri())
    monkeypatch.setattr(source, "tgz_md5", md5(packed))
    root, told = tmp_path / "data", []
    dataset = COMPONENTS.get("dataset", name)()
    dataset.build(root, lambda message, fraction: told.append(message))
    assert {path.name for path in (root / source.base_folder).iterdir()} == set(files)
    assert {path.name for path in root.iterdir()} == {source.base_folder, source.filename}
    assert not (tmp_path / "outside").exists()
    assert told[0].startswith(f"Downloading {dataset.title} (1")
    (root / source.filename).unlink()
    build(name, root)  # the unpacked batches are enough


def test_offline_the_archive_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(tv.CIFAR10, "url", "file:///does/not/exist")
    problem = problem_of(tmp_path)
    assert f"put cifar-10-python.tar.gz into {tmp_path}" in problem.hint


def test_a_broken_archive_is_named(tmp_path, monkeypatch):
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(b"no archive")
    assert "checksum" in problem_of(tmp_path).sentence
    monkeypatch.setattr(tv.CIFAR10, "tgz_md5", md5(b"no archive"))
    assert "cifar-10-python.tar.gz is damaged" in problem_of(tmp_path).sentence


class Hostile:
    """A pickle that makes a folder when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_a_hostile_batch_runs_nothing(tmp_path):
    folder = write(tmp_path / "cifar-10-batches-py", files_of("cifar10"))
    trace = tmp_path / "was here"
    (folder / "data_batch_3").write_bytes(pickle.dumps({"data": Hostile(trace), "labels": [1]}))
    assert "data_batch_3 is damaged" in problem_of(tmp_path).sentence
    assert not trace.exists()


PIXELS = np.zeros((4, 3072), np.uint8)
BROKEN = {
    "empty": b"",
    "noise": bytes(range(256)),
    "cut off": files_of("cifar10")["data_batch_1"][:-100],
    "a list": pickle.dumps([1, 2]),
    "no labels": pickle.dumps({"data": PIXELS}),
    "labels of text": pickle.dumps({"data": PIXELS, "labels": ["a"] * 4}),
    "labels out of range": pickle.dumps({"data": PIXELS, "labels": [0, 1, 2, 10]}),
    "too few labels": pickle.dumps({"data": PIXELS, "labels": [0, 1]}),
    "other pixels": pickle.dumps({"data": PIXELS.astype(np.int16), "labels": [0] * 4}),
    "pixels of another size": pickle.dumps({"data": PIXELS[:, 1:], "labels": [0] * 4}),
    "no array": pickle.dumps({"data": "pixels", "labels": [0] * 4}),
    "arrays of objects": pickle.dumps({"data": np.array([None]), "labels": [0]}),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_batch_is_named(content, tmp_path):
    folder = write(tmp_path / "cifar-10-batches-py", files_of("cifar10"))
    (folder / "data_batch_2").write_bytes(content)
    problem = problem_of(tmp_path)
    assert "data_batch_2 is damaged" in problem.sentence
    assert "delete it" in problem.hint


def test_a_batch_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    folder = write(tmp_path / "cifar-10-batches-py", files_of("cifar10"))
    opened = Path.open

    def refuse(path: Path, mode: str = "r"):
        if path == folder / "test_batch":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, mode)

    monkeypatch.setattr(Path, "open", refuse)
    assert f"{folder / 'test_batch'} cannot be read" in problem_of(tmp_path).sentence
