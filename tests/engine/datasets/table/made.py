"""Small tables as files, and what is asked of a dataset that reads them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.datasets.base import Splits
from engine.datasets.table import Note, TableFile, table_notes
from engine.problems import Problem, ProblemError

COLORS = ("blue", "green", "red")


def lines(count: int = 60, seed: int = 0) -> list[list[str]]:
    """A header and rows: size, weight, color, price (2 x size + weight + something by color)."""
    random = np.random.default_rng(seed)
    size, weight = random.uniform(1, 9, count).round(2), random.normal(50, 9, count).round(1)
    color = random.integers(0, len(COLORS), count)
    price = (2 * size + weight + 5 * color).round(2)
    rows = [[str(size[i]), str(weight[i]), COLORS[color[i]], str(price[i])] for i in range(count)]
    return [["size", "weight", "color", "price"], *rows]


def write(
    folder: Path,
    rows: Sequence[Sequence[str]],
    name: str = "table.csv",
    delimiter: str = ",",
    encoding: str = "utf-8",
) -> str:
    """The rows as a text file, no quotes; its path."""
    text = "".join(f"{delimiter.join(row)}\n" for row in rows)
    return text_file(folder, text, name, encoding)


def text_file(folder: Path, text: str, name: str = "table.csv", encoding: str = "utf-8") -> str:
    """A file with this text; its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return str(path)


def built(path: str, **options: Any) -> Splits:
    """The splits of a table, which are as the facts say."""
    dataset = TableFile(path=path, **options)
    splits, facts = dataset.build(Path("nowhere")), dataset.facts()
    assert splits.facts.features == facts.features
    for part in splits.named().values():
        assert part.inputs.shape[1:] == facts.shape == (len(facts.features),)
        assert np.isfinite(part.inputs.numpy()).all()
    return splits


def column(splits: Splits, feature: str) -> list[float]:
    """One feature of all rows, sorted."""
    place = splits.facts.features.index(feature)
    found = [part.inputs[:, place].tolist() for part in splits.named().values()]
    return sorted(value for part in found for value in part)


def problem(path: str, **options: Any) -> Problem:
    """The one problem of a table, the same when it is asked for again and when it is built."""
    dataset = TableFile(path=path, **options)
    found = []
    for ask in (dataset.facts, dataset.facts, lambda: dataset.build(Path("nowhere"))):
        with pytest.raises(ProblemError) as error:
            ask()
        found.append(error.value.problems)
    assert found[0] == found[1] == found[2]
    (only,) = found[0]
    return only


def notes(path: str, **options: Any) -> list[Note]:
    """What is said of a table."""
    return list(table_notes(TableFile(path=path, **options)))


def said(path: str, about: str, **options: Any) -> list[str]:
    """What is said of one column, or of the whole table when `about` is empty."""
    return [note.sentence for note in notes(path, **options) if note.column == about]
