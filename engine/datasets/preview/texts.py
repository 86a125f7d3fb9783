"""Texts in a preview: their tokens spelled out, and how long and how well known they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.datasets.base import Dataset, Splits, TensorData
from engine.datasets.preview.columns import histogram
from engine.facts import Facts
from engine.views import TextView, Token

MEASURED = 20_000
"""Texts of a split that are counted."""
_MOST_FREQUENT = 20
Ids = npt.NDArray[Any]


class Speller:
    """Tells the text of each token from its number."""

    def __init__(self, facts: Facts) -> None:
        self._padded = facts.task != "tokens"
        self._texts = texts_of(facts)
        self._unknown, self._special = unknown_number(facts), special_numbers(facts)

    def all(self, ids: Ids) -> list[tuple[Token, ...]]:
        """The tokens of each text (N, length), padding left out."""
        return [tuple(map(self._token, self._trimmed(row))) for row in ids]

    def _trimmed(self, row: Ids) -> list[int]:
        used = np.flatnonzero(row) if self._padded else np.arange(len(row))
        return [int(number) for number in row[: used[-1] + 1]] if len(used) else []

    def _token(self, number: int) -> Token:
        known = number != self._unknown
        spelled = self._texts[number] if 0 <= number < len(self._texts) else str(number)
        return Token(spelled, number, known, number in self._special)


def texts_of(facts: Facts) -> tuple[str, ...]:
    """The texts of the tokens by number; () where the facts do not tell."""
    if facts.encoding:
        from engine.datasets.text.encoding import TextEncoder

        return TextEncoder.from_json(facts.encoding).texts
    return facts.targets if facts.task == "tokens" else ()


def unknown_number(facts: Facts) -> int:
    """The number of tokens that the vocabulary lacks; -1 where it lacks none."""
    if facts.encoding:
        from engine.datasets.text.encoding import TextEncoder

        return TextEncoder.from_json(facts.encoding).unknown
    return 0 if facts.task == "tokens" else 1


def special_numbers(facts: Facts) -> frozenset[int]:
    """The numbers of tokens that a pretrained network wants around texts."""
    if not facts.encoding:
        return frozenset()
    from engine.datasets.text.encoding import TextEncoder

    found: frozenset[int] = getattr(TextEncoder.from_json(facts.encoding), "special", frozenset())
    return found


def text_view(splits: Splits, dataset: Dataset | None) -> TextView:
    """Lengths of training texts, unknown tokens of the other parts, the most frequent tokens."""
    from engine.datasets.text import TextFile

    facts, length = splits.facts, splits.facts.shape[0]
    train = measured(splits.train)
    lengths, truncated = lengths_of(train, facts), 0.0
    if isinstance(dataset, TextFile):
        prepared = dataset._prepared()
        rows = prepared.indices["train"].tolist()
        lengths = np.array([len(prepared.ids[row]) for row in rows], np.int64)
        truncated = float((lengths > length).mean())
    return TextView(
        length=length,
        vocabulary=facts.vocabulary,
        lengths=histogram(lengths.astype(np.float64)),
        mean=float(lengths.mean()) if len(lengths) else 0.0,
        median=float(np.median(lengths)) if len(lengths) else 0.0,
        longest=int(lengths.max(initial=0)),
        unknown=unknown_share(splits),
        truncated=truncated,
        frequent=_frequent(train, facts),
    )


def _frequent(ids: Ids, facts: Facts) -> tuple[tuple[str, int], ...]:
    counts = np.bincount(ids.ravel(), minlength=max(2, facts.vocabulary))
    if facts.task != "tokens":
        counts[0] = 0
    spelled = texts_of(facts)
    most = np.argsort(-counts, kind="stable")[:_MOST_FREQUENT]
    return tuple(
        (spelled[number] if number < len(spelled) else str(number), int(counts[number]))
        for number in most
        if counts[number]
    )


def measured(part: TensorData) -> Ids:
    """Token numbers (N, length) of some texts, evenly spread; windows of a corpus do not overlap
    more than they have to."""
    step = max(1, -(-len(part) // MEASURED))
    return np.asarray(part.inputs[::step].numpy())


def lengths_of(ids: Ids, facts: Facts) -> npt.NDArray[np.int64]:
    """Tokens of each text (N,): up to its last one that is no padding."""
    if facts.task == "tokens":
        return np.full(len(ids), ids.shape[1], np.int64)
    used = ids != 0
    last: npt.NDArray[np.int64] = ids.shape[1] - np.argmax(used[:, ::-1], axis=1)
    return np.where(used.any(axis=1), last, 0)


def unknown_share(splits: Splits) -> float:
    """The part of the tokens of validation and test that the vocabulary lacks."""
    unknown = total = 0
    for part in (splits.val, splits.test):
        ids = measured(part)
        unknown += int((ids == unknown_number(splits.facts)).sum())
        total += int(lengths_of(ids, splits.facts).sum())
    return unknown / total if total else 0.0
