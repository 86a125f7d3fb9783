"""What is worth knowing of texts before they are trained on, in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.datasets.split import Indices
from engine.datasets.text.corpustokens import Corpus
from engine.datasets.text.encoding import Ids, TextEncoder
from engine.datasets.text.prepare import Prepared


@dataclass(frozen=True)
class Lengths:
    """Tokens a text, before any is cut off or filled up."""

    median: int
    most: int
    """What 95 % of the texts have at most."""
    longest: int


@dataclass(frozen=True)
class TextStatistics:
    """Of the training texts unless said otherwise; shares are from 0 to 1.

    `unknown` is the share of tokens that are not in the vocabulary, by split; `truncated` that of
    texts that lose tokens, `padding` that of the numbers in a batch that stand for no token;
    `counts` are texts by split and class; `frequent` the most frequent tokens and how often each
    occurs.
    """

    vocabulary: int
    length: int
    lengths: Lengths
    truncated: float
    padding: float
    unknown: dict[str, float]
    counts: dict[str, tuple[int, ...]]
    frequent: tuple[tuple[str, int], ...]


def statistics_of(prepared: Prepared, most: int = 30) -> TextStatistics:
    """The statistics of prepared texts, with the `most` frequent tokens."""
    encoder, train = prepared.encoder, _taken(prepared.ids, prepared.indices["train"])
    lengths = np.array([len(ids) for ids in train])
    used = np.minimum(lengths, encoder.length)
    counts = {
        part: tuple(np.bincount(prepared.targets[rows], minlength=len(prepared.names)).tolist())
        for part, rows in prepared.indices.items()
    }
    return TextStatistics(
        vocabulary=encoder.vocabulary,
        length=encoder.length,
        lengths=lengths_of(lengths),
        truncated=float((lengths > encoder.length).mean()),
        padding=float(1 - used.sum() / (len(used) * encoder.length)),
        unknown={
            part: unknown_share(_taken(prepared.ids, rows), encoder)
            for part, rows in prepared.indices.items()
        },
        counts=counts,
        frequent=frequent_tokens(train, encoder, most),
    )


def _taken(ids: Sequence[Ids], rows: Indices) -> list[Ids]:
    return [ids[row] for row in rows.tolist()]


def lengths_of(lengths: Indices) -> Lengths:
    """Median, 95th percentile (both rounded up to a length that is there) and maximum."""
    ordered = np.sort(lengths)
    places = (len(ordered) // 2, int(np.ceil(0.95 * len(ordered))) - 1, len(ordered) - 1)
    return Lengths(*(int(ordered[max(0, place)]) for place in places))


def unknown_share(ids: Sequence[Ids], encoder: TextEncoder) -> float:
    """The part of all tokens that is not in the vocabulary; 0 where there are none."""
    total = sum(map(len, ids))
    unknown = sum(int((each == encoder.unknown).sum()) for each in ids)
    return unknown / total if total else 0.0


def frequent_tokens(
    ids: Sequence[Ids], encoder: TextEncoder, most: int
) -> tuple[tuple[str, int], ...]:
    """The tokens that occur most, the most frequent first."""
    counts = np.bincount(np.concatenate(ids), minlength=encoder.vocabulary)
    first = np.argsort(-counts, kind="stable")[:most]
    return tuple((encoder.texts[number], int(counts[number])) for number in first.tolist()
                 if counts[number])  # fmt: skip


@dataclass(frozen=True)
class CorpusStatistics:
    """`tokens` by split; `unknown` the share of them that is not in the vocabulary;
    `characters` a token, and the most frequent tokens of the training text."""

    vocabulary: int
    tokens: dict[str, int]
    unknown: dict[str, float]
    characters: float
    frequent: tuple[tuple[str, int], ...]


def corpus_statistics_of(corpus: Corpus, most: int = 30) -> CorpusStatistics:
    """The statistics of a corpus, with the `most` frequent tokens."""
    parts = {name: corpus.part(number) for number, name in enumerate(("train", "val", "test"))}
    encoder, train = corpus.encoder, corpus.part(0)
    widths = np.array([len(text) for text in encoder.texts])
    return CorpusStatistics(
        vocabulary=encoder.vocabulary,
        tokens={name: len(ids) for name, ids in parts.items()},
        unknown={name: unknown_share([ids], encoder) for name, ids in parts.items()},
        characters=float(widths[train].mean()),
        frequent=frequent_tokens([train], encoder, most),
    )
