"""The windows of a corpus: views of one tensor of all tokens, none of them over a border."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.datasets.base import Splits, TensorData
from engine.datasets.preprocess import Tokens
from engine.datasets.text.corpustokens import Corpus, Cutting
from engine.facts import Facts


def splits_of(corpus: Corpus, cutting: Cutting, facts: Facts, notes: tuple[str, ...]) -> Splits:
    """The three splits: inputs (N, length) and the tokens after each as targets (N, length)."""
    ids = torch.from_numpy(corpus.ids)
    starts = (0, *corpus.borders)
    ends = (*corpus.borders, len(ids))
    train, val, test = (
        _part(ids[start:end], cutting, count)
        for start, end, count in zip(starts, ends, corpus.windows, strict=True)
    )
    return Splits(train, val, test, facts, Tokens(), notes, corpus.content(cutting))


def _part(ids: Tensor, cutting: Cutting, count: int) -> TensorData:
    inputs = ids[:-1].unfold(0, cutting.length, cutting.stride)[:count]
    targets = ids[1:].unfold(0, cutting.length, cutting.stride)[:count]
    return TensorData(inputs, targets)
