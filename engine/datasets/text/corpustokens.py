"""From the texts of a corpus to one row of tokens in three parts, divided by place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.datasets.split import apportion
from engine.datasets.table.charset import encoding_of
from engine.datasets.table.notes import counted
from engine.datasets.table.options import Encoding
from engine.datasets.table.source import unreadable
from engine.datasets.text.encoding import Ids, TextEncoder
from engine.datasets.text.notes import Note
from engine.datasets.text.options import Form, Kind
from engine.datasets.text.raw import whole_text
from engine.datasets.text.source import MAX_BYTES, PATH, Place
from engine.datasets.text.vocabulary import Wish, vocabulary_of
from engine.problems import Problem, ProblemError

BETWEEN = "\n\n"
"""Between two files of a corpus."""
_CHUNK = 200_000
"""Characters that are cut into tokens at once, up to the end of a line."""


@dataclass(frozen=True)
class Cutting:
    """How a text becomes windows: all options but those of reading and of the samples."""

    tokens: Kind
    vocabulary: int | None
    length: int
    stride: int
    lowercase: bool
    normalise: Form
    minimum_count: int
    val_fraction: float
    test_fraction: float
    subset: int | None


@dataclass(frozen=True, eq=False)
class Corpus:
    """All tokens in the order of the text, (T,); `borders` are where validation and test begin,
    `windows` how many samples each part has."""

    ids: Ids
    borders: tuple[int, int]
    windows: tuple[int, int, int]
    encoder: TextEncoder
    notes: tuple[Note, ...]

    @property
    def bytes(self) -> int:
        """What it takes in memory."""
        return int(self.ids.nbytes)

    def part(self, number: int) -> Ids:
        """The tokens of a part: 0 train, 1 val, 2 test."""
        first, last = (0, *self.borders, len(self.ids))[number : number + 2]
        return self.ids[first:last]

    def content(self, cutting: Cutting) -> str:
        """SHA-256 of the tokens and of how they are cut into samples."""
        how = f"{self.borders}|{self.windows}|{cutting.length}|{cutting.stride}|"
        return hashlib.sha256(how.encode() + self.ids.tobytes()).hexdigest()


def read_corpus(place: Place, wanted: Encoding) -> tuple[str, tuple[Note, ...]]:
    """All files of a place in the order of their names, as one text. Raises ProblemError."""
    texts: list[str] = []
    for stamp in place.files:
        path = place.file(stamp)
        try:
            texts.append(whole_text(path, encoding_of(path, wanted), MAX_BYTES))
        except OSError as error:
            raise ProblemError(unreadable(path, error)) from None
    notes = place.notes
    if len(texts) > 1:
        notes = (*notes, Note("", f"{len(texts):,} files, in the order of their names"))
    return BETWEEN.join(texts), notes


def corpus_of(text: str, notes: tuple[Note, ...], cutting: Cutting) -> Corpus:
    """Divide the text by place, count the tokens of its first part, and cut all of it into them.

    Raises ProblemError when a part is too short for a single window.
    """
    parts = _divided(text, cutting)
    wish = Wish(
        cutting.tokens, cutting.vocabulary, cutting.minimum_count, padded=False,
        lowercase=cutting.lowercase, normalise=cutting.normalise,
    )  # fmt: skip
    found = vocabulary_of(_chunks(parts[0]), wish)
    encoder = TextEncoder(
        cutting.tokens, found.texts, cutting.length, False, "start", cutting.lowercase,
        cutting.normalise, found.merges,
    )  # fmt: skip
    ids = [_ids(part, encoder) for part in parts]
    windows = _windows(ids, cutting)
    unknown = sum(int((part == encoder.unknown).sum()) for part in ids[1:])
    if unknown:
        said = f"{counted(unknown, 'token')} of validation and test are not in the vocabulary"
        notes = (*notes, Note("", said))
    borders = len(ids[0]), len(ids[0]) + len(ids[1])
    return Corpus(np.concatenate(ids), borders, windows, encoder, notes)


def _divided(text: str, cutting: Cutting) -> tuple[str, str, str]:
    """The last part is the test, the one before it validation."""
    test = len(text) - round(cutting.test_fraction * len(text))
    val = test - round(cutting.val_fraction * test)
    return text[:val], text[val:test], text[test:]


def _chunks(text: str) -> Iterator[str]:
    """The text in pieces that end with a line: no token goes beyond one."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + _CHUNK) + 1 or len(text)
        yield text[start:end]
        start = end


def _ids(text: str, encoder: TextEncoder) -> Ids:
    found = [encoder.ids(chunk) for chunk in _chunks(text)]
    return np.concatenate(found) if found else np.zeros(0, np.int32)


def _windows(ids: list[Ids], cutting: Cutting) -> tuple[int, int, int]:
    """How many whole windows each part has, of a subset in proportion. Raises ProblemError."""
    for name, part in zip(("training", "validation", "test"), ids, strict=True):
        if len(part) <= cutting.length:
            sentence = f"The {name} part has {counted(len(part), 'token')}: a window takes "
            hint = "choose a longer text, a shorter dataset.length, or other fractions"
            problem = Problem(PATH, f"{sentence}{cutting.length + 1:,}", hint)
            raise ProblemError(problem)
    counts = np.array([(len(part) - 1 - cutting.length) // cutting.stride + 1 for part in ids])
    if cutting.subset is not None and cutting.subset < counts.sum():
        counts = np.minimum(counts, np.maximum(1, apportion(cutting.subset, counts)))
    train, val, test = counts.tolist()
    return train, val, test
