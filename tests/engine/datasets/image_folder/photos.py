"""Folders of small pictures for tests: class k has grey level 20 * k, or its own colour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.datasets.image_folder import ImageFolder
from engine.problems import Problem, ProblemError


def picture(path: Path, color: Any = (200, 30, 60), size: tuple[int, int] = (12, 12)) -> Path:
    """Write one picture of a single colour; an int makes it grey. The format is the ending's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = "L" if isinstance(color, int) else "RGB"
    Image.new(mode, size, color).save(path)
    return path


def class_folders(root: Path, counts: Mapping[str, int], ending: str = "png") -> Path:
    """A folder for each class, with so many pictures of a grey level of its own."""
    for number, (name, count) in enumerate(counts.items()):
        for index in range(count):
            picture(root / name / f"{index:03d}.{ending}", 20 * (number + 1))
    return root


def flat(root: Path, names: Iterable[str], table: str, called: str = "labels.csv") -> Path:
    """Pictures without class folders, and a table of labels beside them."""
    for number, name in enumerate(names):
        picture(root / name, number % 250)
    (root / called).write_text(table, encoding="utf-8")
    return root


def rows(count: int, label: Any = lambda index: "ab"[index % 2], head: str = "file,label") -> str:
    """A table of `count` rows for pictures 0.png, 1.png, ..."""
    return "\n".join([head, *(f"{index}.png,{label(index)}" for index in range(count))]) + "\n"


def names(count: int) -> list[str]:
    """0.png, 1.png, ..."""
    return [f"{index}.png" for index in range(count)]


def folder(path: Path | str, **options: Any) -> ImageFolder:
    """The component for a folder."""
    return ImageFolder(path=str(path), **options)


def problems_of(path: Path | str, **options: Any) -> tuple[Problem, ...]:
    """The problems that the facts of a folder have, each with a sentence and a hint."""
    with pytest.raises(ProblemError) as caught:
        folder(path, **options).facts()
    for problem in caught.value.problems:
        assert problem.path.startswith("dataset.")
        assert not problem.sentence.endswith(".")
        assert problem.hint
    return caught.value.problems


def problem_of(path: Path | str, **options: Any) -> Problem:
    """The only problem of a folder."""
    (problem,) = problems_of(path, **options)
    return problem


def gradient(size: tuple[int, int]) -> Image.Image:
    """A picture in which no two corners are alike: red from left to right, green downwards."""
    width, height = size
    values = np.zeros((height, width, 3), np.uint8)
    values[:, :, 0] = np.linspace(0, 250, width).round()[None, :]
    values[:, :, 1] = np.linspace(0, 250, height).round()[:, None]
    return Image.fromarray(values)
