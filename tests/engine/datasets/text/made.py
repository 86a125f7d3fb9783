"""Small texts as files, and what is asked of a dataset that reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.datasets.base import Splits
from engine.datasets.text import Note, TextCorpus, TextFile, corpus_notes, text_notes
from engine.problems import Problem, ProblemError

WORDS = {
    "animals": ("cat", "dog", "owl", "fox", "hen"),
    "tools": ("saw", "axe", "file", "drill", "rasp"),
}


def sentences(label: str, count: int = 30, seed: int = 0) -> list[str]:
    """Different sentences with words of a class."""
    random = np.random.default_rng(seed)
    words = WORDS[label]
    return [
        f"The {words[random.integers(len(words))]} and the {words[random.integers(len(words))]} "
        f"number {number}" for number in range(count)
    ]  # fmt: skip


def rows(count: int = 30) -> list[tuple[str, str]]:
    """Label and sentence, the classes by turns."""
    columns = [[(label, text) for text in sentences(label, count)] for label in WORDS]
    return [row for pair in zip(*columns, strict=True) for row in pair]


def table(folder: Path, lines: Sequence[Sequence[str]], name: str = "texts.tsv",
          delimiter: str = "\t", encoding: str = "utf-8") -> str:  # fmt: skip
    """The lines as a file without quotes; its path."""
    return write(folder / name, "".join(f"{delimiter.join(line)}\n" for line in lines), encoding)


def write(path: Path, text: str, encoding: str = "utf-8") -> str:
    """A text file; its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return str(path)


def file_a_class(folder: Path, classes: Mapping[str, Sequence[str]] | None = None) -> str:
    """A folder with a file for each class, one text a line; its path."""
    for label, texts in (classes or {label: sentences(label) for label in WORDS}).items():
        write(folder / f"{label}.txt", "".join(f"{text}\n" for text in texts))
    return str(folder)


def folder_a_class(folder: Path, count: int = 12, seed: int = 0) -> str:
    """A folder of .txt files for each class; its path."""
    for label in WORDS:
        for number, text in enumerate(sentences(label, count, seed)):
            write(folder / label / f"{number}.txt", text)
    return str(folder)


def built(path: str, **options: Any) -> Splits:
    """The splits of texts."""
    return TextFile(path=path, **options).build(Path("/nowhere"))


def corpus(path: str, **options: Any) -> Splits:
    """The splits of a corpus."""
    return TextCorpus(path=path, **options).build(Path("/nowhere"))


def problem(path: str, cls: type[TextFile] | type[TextCorpus] = TextFile,
            **options: Any) -> Problem:  # fmt: skip
    """The only problem that texts have."""
    with pytest.raises(ProblemError) as caught:
        cls(path=path, **options).facts()
    (found,) = caught.value.problems
    assert found.hint
    return found


def said(path: str, **options: Any) -> list[str]:
    """The notes on texts, as lines."""
    return [str(note) for note in notes(TextFile(path=path, **options))]


def notes(dataset: TextFile | TextCorpus) -> tuple[Note, ...]:
    """The notes of either dataset."""
    return text_notes(dataset) if isinstance(dataset, TextFile) else corpus_notes(dataset)
