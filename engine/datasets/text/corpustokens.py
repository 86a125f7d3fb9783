"""From the texts of a corpus to one row of tokens in three parts, divided by place."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.datasets.split import apportion
from engine.datasets.table.charset import encoding_of
from engine.datasets.table.options import Encoding
from engine.datasets.table.source import unreadable
from engine.datasets.text.chunks import chunks
from engine.datasets.text.encoding import Ids, TextEncoder
from engine.datasets.text.notes import Note
from engine.datasets.text.options import Form, Kind
from engine.datasets.text.raw import whole_text
from engine.datasets.text.source import MAX_BYTES, PATH, Place
from engine.datasets.text.vocabulary import Wish, vocabulary_of
from engine.problems import Problem, ProblemError
from engine.wording import counted

BETWEEN = "\n\n"
"""Between two files of a corpus."""
_CHUNK = 200_000
"""Characters that are cut into tokens at once, about."""


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
        digest = hashlib.sha256(how.encode())
        digest.update(np.ascontiguousarray(self.ids).data)
        return digest.hexdigest()


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
    found = vocabulary_of(chunks(parts[0], cutting.tokens, _CHUNK), wish)
    encoder = TextEncoder(
        cutting.tokens, found.texts, cutting.length, False, "start", cutting.lowercase,
        cutting.normalise, found.merges,
    )  # fmt: skip
    ids, borders = _ids(parts, encoder)
    windows = _windows(np.diff([0, *borders, len(ids)]).tolist(), cutting)
    unknown = int((ids[borders[0] :] == encoder.unknown).sum())
    if unknown:
        said = f"{counted(unknown, 'token')} of validation and test are not in the vocabulary"
        notes = (*notes, Note("", said))
    return Corpus(ids, borders, windows, encoder, notes)


def _divided(text: str, cutting: Cutting) -> tuple[str, str, str]:
    """The last part is the test, the one before it validation."""
    test = len(text) - round(cutting.test_fraction * len(text))
    val = test - round(cutting.val_fraction * test)
    return text[:val], text[val:test], text[test:]


def _ids(parts: Sequence[str], encoder: TextEncoder) -> tuple[Ids, tuple[int, int]]:
    """The tokens of all parts (T,), and where the second and the third begin. There is never a
    second copy: a token has a character or more, but for those that normalisation adds."""
    ids, count = np.empty(sum(map(len, parts)), np.int32), 0
    ends = []
    for part in parts:
        for chunk in chunks(part, encoder.kind, _CHUNK):
            found = encoder.ids(chunk)
            if count + len(found) > len(ids):
                ids = np.resize(ids, 2 * (count + len(found)))
            ids[count : count + len(found)] = found
            count += len(found)
        ends.append(count)
    return ids[:count], (ends[0], ends[1])


def _windows(tokens: Sequence[int], cutting: Cutting) -> tuple[int, int, int]:
    """How many whole windows parts of so many tokens have, of a subset in proportion. Raises
    ProblemError."""
    for name, has in zip(("training", "validation", "test"), tokens, strict=True):
        if has <= cutting.length:
            sentence = f"The {name} part has {counted(has, 'token')}: a window takes "
            hint = "choose a longer text, a shorter dataset.length, or other fractions"
            problem = Problem(PATH, f"{sentence}{cutting.length + 1:,}", hint)
            raise ProblemError(problem)
    counts = np.array([(has - 1 - cutting.length) // cutting.stride + 1 for has in tokens])
    if cutting.subset is not None and cutting.subset < counts.sum():
        counts = np.minimum(counts, np.maximum(1, apportion(cutting.subset, counts)))
    train, val, test = counts.tolist()
    return train, val, test
