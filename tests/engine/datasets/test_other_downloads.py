"""EMNIST, KMNIST, SVHN and STL-10 on small files of their formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from engine import torchsetup as torchsetup  # isort: skip
from torchvision import datasets as tv

from engine.datasets import emnist
from engine.problems import Problem, ProblemError
from engine.schema import COMPONENTS
from tests.engine.datasets import archives
from tests.engine.datasets.files import TEST, TRAIN, md5, mnist_files, pretend_mnist, write


def component(name: str) -> Any:
    return COMPONENTS.get("dataset", name)


def problem_of(name: str, root: Path, **options: Any) -> Problem:
    with pytest.raises(ProblemError) as caught:
        component(name)(**options).build(root)
    (problem,) = caught.value.problems
    assert problem.hint
    return problem


def pretend(monkeypatch: pytest.MonkeyPatch, name: str, folder: Path, files: dict[str, bytes]):
    """Let torchvision's class name our files, which lie in a folder instead of afar."""
    write(folder, files)
    at = f"{folder.as_uri()}/"
    if name == "svhn":
        names = {part: f"{part}_32x32.mat" for part in ("train", "test")}
        listed = {part: [at + file, file, md5(files[file])] for part, file in names.items()}
        monkeypatch.setattr(tv.SVHN, "split_list", listed)
        return
    source, checksum = (tv.EMNIST, "md5") if name == "emnist" else (tv.STL10, "tgz_md5")
    ((file, content),) = files.items()
    monkeypatch.setattr(source, "url", at + file)
    monkeypatch.setattr(source, checksum, md5(content))


@pytest.mark.parametrize(
    ("split", "count", "first"),
    [("balanced", 47, 0), ("byclass", 62, 0), ("bymerge", 47, 0), ("digits", 10, 0),
     ("letters", 26, 1), ("mnist", 10, 0)],
)  # fmt: skip
def test_emnist_stands_upright(split, count, first, tmp_path, monkeypatch):
    files = archives.emnist(split, count, first)
    pretend(monkeypatch, "emnist", tmp_path / "server", files)
    dataset = component("emnist")(split=split)
    assert len(dataset.facts().targets) == count
    root = tmp_path / "data"
    assert not dataset.on_disk(root)
    splits = dataset.build(root)
    for part in splits.named().values():
        assert (part.inputs[:, 0, :, 0] == 255).all()
        assert torch.equal(part.inputs[:, 0, 3, 5].long(), part.targets)
    assert len(splits.train) + len(splits.val) == 2 * count
    assert set(splits.test.targets.tolist()) == set(range(count))
    assert len(list((root / "EMNIST" / "raw").iterdir())) == 5  # the archive and its four files
    assert not (tmp_path / "data" / "outside").exists()


def test_emnist_has_torchvisions_classes():
    for split in tv.EMNIST.splits:
        expected = [name for name in tv.EMNIST.classes_split_dict[split] if name != "N/A"]
        assert list(component("emnist")(split=split).facts().targets) == expected


def test_a_damaged_emnist_is_named(tmp_path, monkeypatch):
    files = archives.emnist("digits", 10)
    pretend(monkeypatch, "emnist", tmp_path / "server", files)
    component("emnist")(split="digits").build(tmp_path)
    labels = tmp_path / "EMNIST" / "raw" / "emnist-digits-train-labels-idx1-ubyte"
    labels.write_bytes(labels.read_bytes()[:-3])
    problem = problem_of("emnist", tmp_path, split="digits")
    assert "labels-idx1-ubyte is damaged" in problem.sentence
    assert "gzip.zip is damaged" in problem_of("emnist", tmp_path, split="letters").sentence
    monkeypatch.setattr(emnist, "_MOST", 100)
    labels.unlink()
    assert "far more" in problem_of("emnist", tmp_path, split="digits").sentence


def test_kmnist_is_read_as_mnist_is(tmp_path, monkeypatch):
    pretend_mnist(monkeypatch, tv.KMNIST, tmp_path / "server", mnist_files())
    splits = component("kmnist")().build(tmp_path / "data")
    assert (len(splits.train) + len(splits.val), len(splits.test)) == (TRAIN, TEST)
    assert splits.facts.targets == tuple(tv.KMNIST.classes)


@pytest.mark.parametrize(
    ("name", "side", "sizes"), [("svhn", 32, (40, 20)), ("stl10", 96, (30, 20))]
)
def test_pixels_and_labels_are_in_their_places(name, side, sizes, tmp_path, monkeypatch):
    pretend(monkeypatch, name, tmp_path / "server", getattr(archives, name)())
    root = tmp_path / "data"
    assert not component(name)().on_disk(root)
    splits = component(name)().build(root)
    assert (len(splits.train) + len(splits.val), len(splits.test)) == sizes
    for part in splits.named().values():
        assert part.inputs.shape[1:] == (3, side, side)
        assert part.inputs.dtype == torch.uint8
        assert torch.equal(part.inputs[:, 2, 9, 9].long(), part.targets)
        assert torch.equal(part.inputs[:, 0, 2, 1].long() - 100, part.targets)
        assert torch.equal(part.inputs[:, 0, 1, 2].long(), part.targets)
    assert component(name)().on_disk(root)
    assert not (tmp_path / "outside").exists()


def test_of_stl10_only_what_has_labels_is_unpacked(tmp_path, monkeypatch):
    pretend(monkeypatch, "stl10", tmp_path / "server", archives.stl10())
    component("stl10")().build(tmp_path)
    found = sorted(path.name for path in (tmp_path / "stl10_binary").iterdir())
    assert found == ["test_X.bin", "test_y.bin", "train_X.bin", "train_y.bin"]
    cut = tmp_path / "stl10_binary" / "test_X.bin"
    cut.write_bytes(cut.read_bytes()[:-1])
    assert "test_X.bin is damaged" in problem_of("stl10", tmp_path).sentence


@pytest.mark.parametrize("content", [b"", b"no file of MATLAB", archives.mat(X=archives.np.eye(3))])
def test_a_damaged_svhn_is_named(content, tmp_path, monkeypatch):
    files = archives.svhn() | {"test_32x32.mat": content}
    pretend(monkeypatch, "svhn", tmp_path / "server", files)
    assert "test_32x32.mat is damaged" in problem_of("svhn", tmp_path / "data").sentence


@pytest.mark.parametrize("name", ["emnist", "kmnist", "svhn", "stl10"])
def test_size_and_licence_are_known_before(name):
    facts = component(name)().facts()
    assert facts.download > 20_000_000
    assert facts.licence
    assert 0 < facts.official_test < facts.samples
