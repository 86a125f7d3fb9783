"""MNIST and Fashion-MNIST: real files, small ones of the same format, and broken ones."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import numpy as np
import pytest
import torch

from engine import torchsetup as torchsetup  # isort: skip
from torchvision import datasets as tv

from engine.problems import Problem, ProblemError
from engine.schema import COMPONENTS
from tests.engine.datasets.files import TEST, TRAIN, idx, mnist_files, pretend_mnist, write

FOLDERS = {"mnist": "MNIST", "fashion_mnist": "FashionMNIST"}


def build(name: str, root: Path, **options: object):
    return COMPONENTS.get("dataset", name)(**options).build(root)


def problem_of(root: Path, name: str = "mnist") -> Problem:
    with pytest.raises(ProblemError) as caught:
        build(name, root)
    (problem,) = caught.value.problems
    assert problem.path == "dataset"
    assert problem.hint
    return problem


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """The folder of unpacked files; its root is `raw.parent.parent`."""
    return write(tmp_path / "MNIST" / "raw", mnist_files())


@pytest.mark.parametrize("name", FOLDERS)
def test_unpacked_files_are_read_as_they_are(name, tmp_path):
    write(tmp_path / FOLDERS[name] / "raw", mnist_files())
    splits = build(name, tmp_path, val_fraction=0.25)
    assert [len(part) for part in splits.named().values()] == [45, 15, TEST]
    for part in splits.named().values():
        assert part.inputs.dtype == torch.uint8
        assert part.inputs.shape[1:] == (1, 28, 28)
        assert torch.equal(part.inputs.flatten(1).amin(1).long(), part.targets)
    assert splits.class_counts("test").tolist() == [3] * 10


@pytest.mark.parametrize("name", FOLDERS)
def test_the_facts_are_torchvisions(name):
    facts = COMPONENTS.get("dataset", name)().facts()
    source = getattr(tv, FOLDERS[name])
    assert len(facts.targets) == len(source.classes)
    if name == "fashion_mnist":
        assert facts.targets == tuple(source.classes)
    assert facts.shape == (1, 28, 28)
    assert facts.download > 1e7


@pytest.mark.parametrize("name", FOLDERS)
def test_what_is_missing_is_fetched_checked_and_unpacked(name, tmp_path, monkeypatch):
    source = getattr(tv, FOLDERS[name])
    files = mnist_files()
    pretend_mnist(monkeypatch, source, tmp_path / "server", files)
    root, told = tmp_path / "data", []
    dataset = COMPONENTS.get("dataset", name)()
    assert not dataset.on_disk(root)
    dataset.build(root, lambda message, fraction: told.append(message))
    raw = root / FOLDERS[name] / "raw"
    assert {path.name for path in raw.iterdir()} == set(files) | {f"{file}.gz" for file in files}
    assert all((raw / file).read_bytes() == content for file, content in files.items())
    size = "12 MB" if name == "mnist" else "31 MB"
    assert told[0] == f"Downloading {dataset.title} ({size})"
    assert told[-1] == f"Reading {dataset.title}"
    assert dataset.on_disk(root)
    shutil.rmtree(tmp_path / "server")
    build(name, root)  # nothing is fetched any more
    assert len(source(root=root, train=True)) == TRAIN  # torchvision finds its own layout


def test_packed_files_are_enough(tmp_path, monkeypatch):
    pretend_mnist(monkeypatch, tv.MNIST, tmp_path / "data" / "MNIST" / "raw", mnist_files())
    monkeypatch.setattr(tv.MNIST, "mirrors", ["file:///does/not/exist/"])
    assert len(build("mnist", tmp_path / "data").test) == TEST


def test_offline_the_missing_files_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(tv.MNIST, "mirrors", ["file:///does/not/exist/"])
    problem = problem_of(tmp_path)
    assert "MNIST could not be downloaded" in problem.sentence
    for name, _md5 in tv.MNIST.resources:
        assert name in problem.hint
    assert str(tmp_path / "MNIST" / "raw") in problem.hint


BROKEN = {
    "empty": b"",
    "noise": bytes(range(200)),
    "cut off": mnist_files()["train-images-idx3-ubyte"][:-1],
    "of another size": idx(np.zeros((TRAIN, 20, 20), np.uint8)),
    "of whole numbers": struct.pack(">4i", 0x0C03, 1, 28, 28) + bytes(4 * 28 * 28),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_broken_images_are_named(content, raw):
    (raw / "train-images-idx3-ubyte").write_bytes(content)
    problem = problem_of(raw.parent.parent)
    assert "train-images-idx3-ubyte is damaged" in problem.sentence
    assert "delete it" in problem.hint


def test_broken_labels_are_named(raw):
    (raw / "t10k-labels-idx1-ubyte").write_bytes(b"\0\0\x08\x01")
    assert "t10k-labels-idx1-ubyte is damaged" in problem_of(raw.parent.parent).sentence


@pytest.mark.parametrize(
    "labels", [np.zeros(TRAIN - 1, np.uint8), np.full(TRAIN, 10, np.uint8)], ids=["few", "unknown"]
)
def test_labels_that_do_not_fit_are_a_problem(labels, raw):
    (raw / "train-labels-idx1-ubyte").write_bytes(idx(labels))
    assert "labels do not fit" in problem_of(raw.parent.parent).sentence


def test_a_broken_archive_is_named(tmp_path):
    raw = write(tmp_path / "MNIST" / "raw", mnist_files())
    (raw / "t10k-labels-idx1-ubyte").rename(raw / "t10k-labels-idx1-ubyte.gz")
    assert "t10k-labels-idx1-ubyte.gz is damaged" in problem_of(tmp_path).sentence


def test_an_archive_with_the_right_checksum_that_cannot_be_unpacked_is_named(tmp_path, monkeypatch):
    server = tmp_path / "server"
    pretend_mnist(monkeypatch, tv.MNIST, server, mnist_files())
    monkeypatch.setattr("gzip.open", lambda *_: open(server / "nothing", "rb"))  # noqa: SIM115
    assert "is damaged" in problem_of(tmp_path / "data").sentence


def test_the_real_archives_are_unpacked_and_read(shared_data: Path, tmp_path: Path):
    archives = shared_data / "vision" / "MNIST" / "raw"
    if not archives.is_dir():
        pytest.skip(f"no MNIST at {archives}")
    (tmp_path / "MNIST" / "raw").mkdir(parents=True)
    for path in archives.glob("*.gz"):
        shutil.copy(path, tmp_path / "MNIST" / "raw")
    splits = build("mnist", tmp_path)
    assert [len(part) for part in splits.named().values()] == [51_000, 9_000, 10_000]
    assert splits.class_counts("test").tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip
    assert float(splits.preprocess.mean) == pytest.approx(0.1307 * 255, rel=0.01)
    assert float(splits.preprocess.std) == pytest.approx(0.3081 * 255, rel=0.01)
    small = build("mnist", tmp_path, subset=70)
    assert [len(part) for part in small.named().values()] == [51, 9, 10]
