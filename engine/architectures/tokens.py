"""Layers that read token numbers, and what tells the tokens of a text from its padding."""

from __future__ import annotations

from torch import Tensor, cat, nn, ones_like, where

from engine.facts import Facts

EMBEDDING_STD = 0.1
"""Spread of a token's first vector where a network does not ask for another one."""


class Sequence(nn.Sequential):
    """Layers in a row for steps of which all count: images by row, series, running text."""


class PaddedTexts(Sequence):
    """Layers in a row for texts of unlike length: those that look along a text are told which
    places hold tokens, as (N, length) bool."""

    def forward(self, ids: Tensor) -> Tensor:
        """Token numbers (N, length), 0 where the text is over, through all layers."""
        real = real_places(ids)
        values = ids
        for part in self:
            values = part(values, real) if isinstance(part, AlongText) else part(values)
        return values


class AlongText(nn.Module):
    """A layer on (N, T, F) that looks along the steps, and so has to know which are padding.

    `forward(steps, real)` gets (N, T) bool, or None where every step counts.
    """


def sequence_for(facts: Facts) -> type[Sequence]:
    """The container for such samples. Running text has no padding: 0 is a token like any other."""
    return PaddedTexts if is_padded(facts) else Sequence


def is_padded(facts: Facts) -> bool:
    """Whether samples are filled up with 0 to a common length."""
    return facts.kind == "text" and facts.task != "tokens"


def real_places(ids: Tensor) -> Tensor:
    """Where a text (N, length) has tokens; an empty one counts as one place of padding, so that
    there is always something to average or to attend to."""
    real = ids != 0
    return cat([ones_like(real[:, :1]), real[:, 1:]], dim=1)


def embedding(facts: Facts, size: int, std: float = EMBEDDING_STD, more: int = 0) -> nn.Embedding:
    """Token numbers (N, length) to vectors (N, length, size) from a normal distribution; those of
    padding are zero and stay so. `more` numbers follow those of the vocabulary."""
    padding = 0 if is_padded(facts) else None
    layer = nn.Embedding(facts.vocabulary + more, size, padding_idx=padding)
    nn.init.normal_(layer.weight, std=std)
    if padding is not None:
        nn.init.zeros_(layer.weight[padding : padding + 1].detach())
    return layer


class Ngrams(nn.Module):
    """Adds a number for every pair (triple, ...) of neighbouring tokens, by hashing.

    Token numbers (N, length) become (N, length * ngrams): tokens, then pairs, and so on, those of
    several tokens counted from `vocabulary` to `vocabulary + buckets - 1` (Joulin et al. 2017).
    """

    def __init__(self, ngrams: int, vocabulary: int, buckets: int) -> None:
        super().__init__()
        self.ngrams, self.vocabulary, self.buckets = ngrams, vocabulary, buckets

    def forward(self, ids: Tensor) -> Tensor:
        """0 stays 0, and stands for what would reach into the padding."""
        found, hashed = [ids], ids
        for length in range(2, self.ngrams + 1):
            following = nn.functional.pad(ids, (0, length - 1))[:, length - 1 :]
            # both factors are small: the product stays far from the end of 64 bits
            hashed = (hashed * 1_000_003 + following) % self.buckets
            number = where(following != 0, hashed + self.vocabulary, 0)
            found.append(number)
        return cat(found, dim=1)
