"""Layers that read the rows of a table: numbers as they come, then codes of categories."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from torch import Tensor, cat, empty, nn, stack, where

from engine.architectures.layers import dropout_layer
from engine.architectures.tokens import EMBEDDING_STD


class Embeddings(nn.Module):
    """A learned vector for each value of each category; 0 is a rare or unknown value."""

    def __init__(self, cardinalities: Sequence[int], sizes: Sequence[int]) -> None:
        super().__init__()
        self.counts = tuple(cardinalities)
        pairs = zip(cardinalities, sizes, strict=True)
        self.tables = nn.ModuleList(nn.Embedding(count, size) for count, size in pairs)

    def forward(self, codes: Tensor) -> list[Tensor]:
        """Codes (N, categories) of any number type to a vector (N, size) for each category.

        What is outside of a category's codes, or not a number, counts as 0: exported models get
        rows of anybody's making.
        """
        vectors = []
        for place, (table, count) in enumerate(zip(self.tables, self.counts, strict=True)):
            code = codes[:, place]
            known = (code > 0) & (code < count)
            vectors.append(table(where(known, code, 0).long()))
        return vectors


class NumbersAndVectors(nn.Module):
    """The numbers of a row, then the vectors of its categories, of which dropout takes some."""

    def __init__(
        self, numbers: int, embeddings: Embeddings, norm_numbers: bool, dropout: float
    ) -> None:
        super().__init__()
        self.numbers = numbers
        self.norm = nn.BatchNorm1d(numbers) if norm_numbers and numbers else nn.Identity()
        self.embeddings = embeddings
        self.dropout = dropout_layer(dropout)
        for table in embeddings.parameters():
            nn.init.normal_(table, std=EMBEDDING_STD)
            # so that a value that training never saw says nothing
            nn.init.zeros_(table[:1].detach())

    def forward(self, rows: Tensor) -> Tensor:
        """Rows (N, features) to (N, numbers + all sizes)."""
        vectors = self.embeddings(rows[:, self.numbers :])
        if not vectors:
            return self.norm(rows)  # type: ignore[no-any-return]
        dropped = self.dropout(cat(vectors, dim=1))
        if not self.numbers:
            return dropped  # type: ignore[no-any-return]
        return cat([self.norm(rows[:, : self.numbers]), dropped], dim=1)


class FeatureTokens(nn.Module):
    """A token for each feature (Gorishniy and others 2021): a number stretches a vector, a
    category chooses one; both are moved by a bias of the feature."""

    def __init__(self, numbers: int, cardinalities: Sequence[int], width: int) -> None:
        super().__init__()
        self.numbers = numbers
        if numbers:
            self.weight = nn.Parameter(empty(numbers, width))
        self.bias = nn.Parameter(empty(numbers + len(cardinalities), width))
        self.embeddings = Embeddings(cardinalities, [width] * len(cardinalities))
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -1 / sqrt(width), 1 / sqrt(width))

    def forward(self, rows: Tensor) -> Tensor:
        """Rows (N, features) to tokens (N, features, width)."""
        tokens = [rows[:, : self.numbers, None] * self.weight] if self.numbers else []
        vectors = self.embeddings(rows[:, self.numbers :])
        if vectors:
            tokens.append(stack(vectors, dim=1))
        return cat(tokens, dim=1) + self.bias


class Answer(nn.Module):
    """What the class token has collected after the blocks: tokens (N, T, width) to (N, width)."""

    def __init__(self, token: nn.Module, blocks: Sequence[nn.Module]) -> None:
        super().__init__()
        self.token = token
        self.blocks = nn.Sequential(*blocks)

    def forward(self, tokens: Tensor) -> Tensor:
        """The features have no order, so there are no vectors of places."""
        steps: Tensor = self.blocks(self.token(tokens))
        return steps[:, 0]
