"""Small data of every kind with planted defects, and its inspection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from engine.inspection.check import inspect_data
from engine.inspection.finding import Finding, Inspection

ARCHITECTURES = {"image_folder": "cnn", "table": "mlp", "text": "bag", "text_corpus": "rnn",
                 "series": "nlinear"}  # fmt: skip


def pattern(seed: int, size: tuple[int, int] = (24, 24)) -> Image.Image:
    """A picture of smooth random patches, unlike that of any other seed."""
    random = np.random.default_rng(seed)
    patches = random.integers(0, 256, (6, 6, 3), dtype=np.uint8)
    return Image.fromarray(patches).resize(size, Image.Resampling.BICUBIC)


def save(image: Image.Image, path: Path) -> Path:
    """Write a picture in the format of the path's ending."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, quality=90)
    return path


def pictures(root: Path, part: str, name: str, seeds: Iterable[int]) -> None:
    """A folder of one class with a picture of each seed."""
    for seed in seeds:
        save(pattern(seed), root / part / name / f"{seed}.png")


def divided(root: Path) -> Path:
    """Two classes in train, val and test; no two pictures are alike."""
    for place, name in enumerate(("cat", "dog")):
        begin = 1000 * place
        pictures(root, "train", name, range(begin, begin + 20))
        pictures(root, "val", name, range(begin + 100, begin + 106))
        pictures(root, "test", name, range(begin + 200, begin + 206))
    return root


def table(path: Path, columns: dict[str, Sequence[Any]]) -> Path:
    """A CSV with these columns."""
    rows = [",".join(columns), *(",".join(map(str, row)) for row in zip(*columns.values(),
                                                                        strict=True))]  # fmt: skip
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def measures(count: int = 200, seed: int = 0) -> dict[str, Any]:
    """Two columns of numbers, and classes that follow from both of them, with some noise."""
    random = np.random.default_rng(seed)
    a, b = random.normal(size=(2, count)).round(4)
    noisy = a + b + random.normal(size=count) > 0
    return {"a": a, "b": b, "label": np.where(noisy, "yes", "no")}


def inspected(name: str, path: Path, data_dir: Path, **options: Any) -> Inspection:
    """The inspection of a dataset component on a path."""
    recipe = {"version": 1, "dataset": {"name": name, "path": str(path), **options},
              "architecture": ARCHITECTURES[name]}  # fmt: skip
    return inspect_data(recipe, data_dir)


def found(inspection: Inspection, code: str) -> Finding:
    """The one finding of a code."""
    (finding,) = (finding for finding in inspection.findings if finding.code == code)
    assert finding.sentence
    return finding


def codes(inspection: Inspection) -> set[str]:
    """What was found."""
    return {finding.code for finding in inspection.findings}
