"""From texts as read to what is learned from: cleaned, divided, and as numbers of tokens."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.datasets.image_folder.parts import Shares, divide
from engine.datasets.split import Indices
from engine.datasets.table.notes import listed
from engine.datasets.table.values import GAPS, number
from engine.datasets.text.encoding import Ids, TextEncoder, cleaned
from engine.datasets.text.notes import Note
from engine.datasets.text.options import Choices
from engine.datasets.text.raw import RawTexts
from engine.datasets.text.source import PATH
from engine.datasets.text.vocabulary import Wish, vocabulary_of
from engine.problems import Problem, ProblemError
from engine.wording import counted

LEAST = 10
MAX_CLASSES = 1_000
LONGEST, SHORTEST = 512, 4
"""Bounds of the length that is chosen by itself."""
COVERED = 0.99
"""The part of the training texts that fit into that length whole."""
PARTS = ("train", "val", "test")


@dataclass(frozen=True, eq=False)
class Prepared:
    """The texts that are learned from: `ids` are all tokens of each, uncut; `targets` (N,) class
    numbers; `indices` of each part. `given_test` is how many were given as a test part."""

    texts: list[str]
    ids: list[Ids]
    targets: Indices
    names: tuple[str, ...]
    indices: dict[str, Indices]
    encoder: TextEncoder
    notes: tuple[Note, ...]
    given_test: int = 0
    licence: str = ""

    @property
    def bytes(self) -> int:
        """What it takes in memory, about."""
        return sum(map(len, self.texts)) * 2 + sum(ids.nbytes for ids in self.ids)


@dataclass
class _Rows:
    """Texts on their way, as arrays by row: thinned again and again."""

    texts: list[str]
    labels: list[str]
    parts: npt.NDArray[np.int64]
    notes: list[Note]

    def keep(self, mask: npt.NDArray[np.bool_], noun: str, why: str = "") -> None:
        """Leave out the rows that are not in the mask, and say so."""
        gone = int(len(mask) - mask.sum())
        if gone:
            kept = np.flatnonzero(mask).tolist()
            self.texts = [self.texts[row] for row in kept]
            self.labels = [self.labels[row] for row in kept]
            self.parts = self.parts[mask]
            self.notes.append(Note("", f"Left out: {counted(gone, noun)}{why}", lost=True))


def prepare(raw: RawTexts, choices: Choices) -> Prepared:
    """Leave out what nothing can be learned from, divide, and count the tokens of the training
    part alone. Raises ProblemError."""
    rows = _Rows(raw.texts, raw.labels, np.array(raw.parts, np.int64), list(raw.notes))
    rows.texts = [text.strip() for text in rows.texts]
    rows.keep(np.array([bool(text) for text in rows.texts], bool), "empty text")
    given = np.array([label not in GAPS for label in rows.labels], bool)
    rows.keep(given, "text", " without a label")
    _check_parts(rows, raw)
    if choices.duplicates == "drop":
        _drop_duplicates(rows, choices)
    names = _names(rows, raw)
    places = {name: place for place, name in enumerate(names)}
    targets = np.array([places[label] for label in rows.labels], np.int64)
    indices = _divided(rows, targets, choices)
    encoder = _encoder([rows.texts[row] for row in indices["train"].tolist()], choices)
    rows.notes.append(Note("", f"The length is {counted(encoder.length, 'token')}"))
    ids = [encoder.ids(text) for text in rows.texts]
    return Prepared(
        rows.texts, ids, targets, names, indices, encoder, tuple(rows.notes),
        int((rows.parts == 2).sum()), raw.licence,
    )  # fmt: skip


def _drop_duplicates(rows: _Rows, choices: Choices) -> None:
    """Of texts that are equal once cleaned, spaces apart, one is kept, in the last part that has
    it, so that a test part stays as it is; equal texts of several classes are all left out."""
    known = {text: " ".join(cleaned(text, choices.normalise, choices.lowercase).split())
             for text in rows.texts}  # fmt: skip
    classes: dict[str, set[str]] = {}
    for text, label in zip(rows.texts, rows.labels, strict=True):
        classes.setdefault(known[text], set()).add(label)
    clear = np.array([len(classes[known[text]]) == 1 for text in rows.texts], bool)
    rows.keep(clear, "text", " found in several classes")
    seen: set[str] = set()
    first = np.zeros(len(rows.texts), bool)
    for row in np.argsort(-rows.parts, kind="stable").tolist():
        text = known[rows.texts[row]]
        first[row] = text not in seen
        seen.add(text)
    rows.keep(first, "repeated text")


def _names(rows: _Rows, raw: RawTexts) -> tuple[str, ...]:
    """The classes in order. Raises ProblemError when there is nothing to tell apart."""
    counts = Counter(rows.labels)
    if len(rows.texts) < LEAST:
        left = counted(len(rows.texts), "text")
        sentence = f"{left} with a class can be used, and it takes {LEAST} at least"
        gone = "; ".join(note.sentence for note in rows.notes if "Left out" in note.sentence)
        hint = "choose a file or folder with more" + (f" ({gone})" if gone else "")
        raise ProblemError(Problem(PATH, sentence, hint))
    if len(counts) < 2:
        sentence = f"All texts are of one class, {next(iter(counts))!r}: nothing to tell apart"
        raise ProblemError(Problem(raw.where, sentence, "choose texts of several classes"))
    if len(counts) > min(MAX_CLASSES, len(rows.texts) // 2):
        sentence = f"{len(counts):,} classes in {len(rows.texts):,} texts are too many"
        hint = "choose the column that holds the class" if raw.where != PATH else (
            "each folder of texts, or each file with one text a line, is a class"
        )  # fmt: skip
        raise ProblemError(Problem(raw.where, sentence, hint))
    _check_learned(rows)
    single = sorted(name for name, count in counts.items() if count == 1)
    if single:
        rows.notes.append(Note("", f"Classes of a single text are never tested: {listed(single)}"))
    numbers = {name: number(name) for name in counts}
    if all(value is not None for value in numbers.values()):
        return tuple(sorted(counts, key=lambda name: (numbers[name], name)))
    return tuple(sorted(counts))


def _check_parts(rows: _Rows, raw: RawTexts) -> None:
    if not raw.divided:
        return
    classes = [{label for label, part in zip(rows.labels, rows.parts.tolist(), strict=True)
                if part == place} for place in range(3)]  # fmt: skip
    for part in (1, 2):
        strange = sorted(classes[part] - classes[0])
        if strange:
            sentence = f"The class {strange[0]!r} is in {PARTS[part]} but not in train"
            hint = "add texts of it to train, or take it out"
            raise ProblemError(Problem(PATH, sentence, hint))
        if classes[part] and (gone := sorted(classes[0] - classes[part])):
            rows.notes.append(Note(PARTS[part], f"has no texts of {listed(gone)}"))


def _check_learned(rows: _Rows) -> None:
    """Raise ProblemError when all texts of a class were left out of the training part."""
    pairs = zip(rows.labels, rows.parts.tolist(), strict=True)
    learned = {label for label, part in pairs if part == 0}
    gone = sorted(set(rows.labels) - learned)
    if gone:
        sentence = f"All texts of {gone[0]!r} in train stand in val or test as well"
        hint = "add others to train, or set dataset.duplicates=keep"
        raise ProblemError(Problem(PATH, sentence, hint))


def _divided(rows: _Rows, targets: Indices, choices: Choices) -> dict[str, Indices]:
    shares = Shares(choices.val_fraction, choices.test_fraction, choices.split_seed, choices.subset)
    return divide(targets, rows.parts, shares)


def _encoder(texts: list[str], choices: Choices) -> TextEncoder:
    """Vocabulary and length of the training texts."""
    if choices.tokenizer:
        from engine.datasets.text.pretrained import pretrained_encoder

        known, most = pretrained_encoder(choices)
        return known if choices.length else _covering(known, texts, min(LONGEST, most))
    wish = Wish(
        choices.tokens, choices.vocabulary, choices.minimum_count,
        lowercase=choices.lowercase, normalise=choices.normalise,
    )  # fmt: skip
    found = vocabulary_of(texts, wish)
    if len(found.texts) == len(wish.special):
        times = counted(choices.minimum_count, "time")
        sentence = f"No {choices.tokens} occurs {times} in the training texts: all are unknown"
        raise ProblemError(Problem("dataset.minimum_count", sentence, "set it to 1"))
    encoder = TextEncoder(
        choices.tokens, found.texts, choices.length or LONGEST, True, choices.truncate,
        choices.lowercase, choices.normalise, found.merges,
    )  # fmt: skip
    return encoder if choices.length is not None else _covering(encoder, texts, LONGEST)


def _covering(encoder: TextEncoder, texts: list[str], longest: int) -> TextEncoder:
    """With a length into which nearly all texts fit whole."""
    lengths = sorted(len(encoder.ids(text)) for text in texts)
    covering = lengths[min(len(lengths) - 1, int(COVERED * len(lengths)))]
    length = min(longest, max(SHORTEST, covering))
    return replace(encoder, length=length)
