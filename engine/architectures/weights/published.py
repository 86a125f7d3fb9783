"""Torchvision's published weights: where they are to be had, and fetching them once."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from engine import torchsetup as torchsetup  # isort: skip  torchvision must be mended first
from torchvision import models

from engine.architectures.weights.glance import PATH
from engine.datasets.base import Progress
from engine.datasets.download import Archive, fetch
from engine.problems import ProblemError

FOLDER = "weights"
"""Below the data folder."""
_CHECKSUM = re.compile(r"-([0-9a-f]{8,})\.[a-z]+$")
"""Torchvision's files have the beginning of their SHA-256 in their name."""
_MEGABYTE = 1 << 20


def published_file(model: str, data_dir: Path) -> Path:
    """Where the published weights of a network are, or are going to be."""
    return _archive(model, data_dir).path


def fetched(model: str, data_dir: Path, progress: Progress) -> Path:
    """The file with the published weights, which is fetched if it is not there. Raises
    ProblemError, which says how the file is called and where it belongs."""
    archive = _archive(model, data_dir)
    size = int(models.get_model_weights(model).DEFAULT.meta["_file_size"] * _MEGABYTE)
    try:
        fetch(f"weights of {model}", [archive], size, progress)
    except ProblemError as error:
        raise ProblemError([replace(p, path=PATH) for p in error.problems]) from None
    return archive.path


def _archive(model: str, data_dir: Path) -> Archive:
    url = models.get_model_weights(model).DEFAULT.url
    name = url.rpartition("/")[2]
    found = _CHECKSUM.search(name)
    return Archive(data_dir / FOLDER / name, (url,), sha256=found[1] if found else "")
