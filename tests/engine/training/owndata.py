"""Small files of texts and series, and recipes that learn from them."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from engine.recipe import Recipe
from tests.engine.training.helpers import small


def text_data(folder: Path) -> dict[str, Any]:
    """Texts of unlike length in two classes, as a dataset's options."""
    draws = random.Random(1)
    words = {"warm": ["sun", "beach", "sand", "heat"], "cold": ["ice", "snow", "frost", "wind"]}
    rows = ["text,label"]
    for _ in range(160):
        label = draws.choice(list(words))
        text = " ".join(draws.choices([*words[label], "the", "a", "of"], k=draws.randint(1, 12)))
        rows.append(f"{text},{label}")
    return {"name": "text", "path": _written(folder, "texts.csv", rows), "duplicates": "keep"}


def corpus_data(folder: Path) -> dict[str, Any]:
    """Text to go on with."""
    draws = random.Random(2)
    lines = [" ".join(draws.choices(["one", "two", "three", "four"], k=9)) for _ in range(60)]
    path = _written(folder, "corpus.txt", lines)
    return {"name": "text_corpus", "path": path, "length": 16}


def series_data(folder: Path) -> dict[str, Any]:
    """A series to forecast."""
    draws = random.Random(3)
    rows = ["temp,wind", *(f"{t % 12 + draws.random()},{draws.random()}" for t in range(200))]
    path = _written(folder, "series.csv", rows)
    return {"name": "series", "path": path, "target": ["temp"], "window": 10, "horizon": 3}


def table_data(folder: Path) -> dict[str, Any]:
    """A table with two numbers and two columns of categories, which are codes."""
    draws = random.Random(4)
    rows = ["size,weight,color,shape,kind"]
    for turn in range(200):
        color, shape = draws.choice(["red", "green", "blue", ""]), draws.choice("abcdef")
        kind = "big" if (color == "red") != (shape in "abc") else "small"
        rows.append(f"{draws.random()},{turn % 7},{color},{shape},{kind}")
    path = _written(folder, "table.csv", rows)
    return {"name": "table", "path": path, "target": "kind", "categories_as": "codes"}


def _written(folder: Path, name: str, lines: list[str]) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def data_for(architecture: str, folder: Path) -> dict[str, Any] | None:
    """Data for an architecture that reads no images; None for the others."""
    if architecture in ("bag", "text_cnn"):
        return text_data(folder)
    if architecture == "gpt":
        return corpus_data(folder)
    if architecture in ("tabular", "ft_transformer"):
        return table_data(folder)
    return series_data(folder) if architecture in ("tcn", "nlinear", "dlinear", "nbeats") else None


def learning(dataset: dict[str, Any], architecture: dict[str, Any], **sections: Any) -> Recipe:
    """The small recipe on such data, with the loss that fits."""
    loss = {"name": "mse" if dataset["name"] == "series" else "cross_entropy"}
    return small(**{"dataset": dataset, "architecture": architecture, "loss": loss, **sections})
