"""Small files in the formats of MNIST and CIFAR, and archives of them."""

from __future__ import annotations

import gzip
import hashlib
import io
import pickle
import struct
import tarfile
from pathlib import Path
from typing import Any

import numpy as np

TRAIN, TEST = 60, 30
CIFAR10_FILES = {f"data_batch_{n}": TRAIN for n in range(1, 6)} | {"test_batch": TEST}
CIFAR100_FILES = {"train": 300, "test": 100}


def idx(array: np.ndarray) -> bytes:
    """An array of bytes as MNIST stores it: a magic number, the sizes, the values."""
    return struct.pack(f">{1 + array.ndim}i", 0x0800 + array.ndim, *array.shape) + array.tobytes()


def mnist_files(seed: int = 0) -> dict[str, bytes]:
    """The four unpacked files of an MNIST-like dataset of 60 and 30 images."""
    random = np.random.default_rng(seed)
    files = {}
    for part, count in (("train", TRAIN), ("t10k", TEST)):
        labels = np.arange(count, dtype=np.uint8) % 10
        images = random.integers(0, 20, (count, 28, 28), dtype=np.uint8) + labels[:, None, None]
        files[f"{part}-images-idx3-ubyte"] = idx(images)
        files[f"{part}-labels-idx1-ubyte"] = idx(labels)
    return files


def write(folder: Path, files: dict[str, bytes]) -> Path:
    """Put the files into the folder, which is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def cifar_files(hundred: bool = False, protocol: int = 2) -> dict[str, bytes]:
    """The batches of a CIFAR-like dataset; class k is pixel value k everywhere in its images."""
    sizes, classes = (CIFAR100_FILES, 100) if hundred else (CIFAR10_FILES, 10)
    key = "fine_labels" if hundred else "labels"
    files = {}
    for name, count in sizes.items():
        labels = [number % classes for number in range(count)]
        pixels = np.repeat(np.array(labels, np.uint8)[:, None], 3072, axis=1)
        pixels[:, :1024] += 100  # the red channel comes first
        batch = {"data": pixels, key: labels, "filenames": ["a.png"] * count}
        files[name] = pickle.dumps(batch, protocol=protocol)
    return files | {"meta" if hundred else "batches.meta": pickle.dumps({"label_names": ["a"]})}


def tar_gz(members: dict[str, bytes]) -> bytes:
    """A compressed archive of the members."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def md5(content: bytes) -> str:
    """The checksum that torchvision's tables hold."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def pretend_mnist(monkeypatch: Any, source: Any, server: Path, files: dict[str, bytes]) -> None:
    """Let torchvision's class name our packed files, which lie in a folder instead of afar."""
    packed = {f"{name}.gz": gzip.compress(content) for name, content in files.items()}
    write(server, packed)
    monkeypatch.setattr(source, "mirrors", [f"{server.as_uri()}/"])
    resources = [(name, md5(packed[name])) for name, _md5 in source.resources]
    monkeypatch.setattr(source, "resources", resources)
