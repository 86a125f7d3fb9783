"""What heads ask of a width: those of a transformer, and one tied to the vectors of tokens."""

from __future__ import annotations

from collections.abc import Iterator

from engine.problems import Problem


def head_problems(width: int, heads: int) -> Iterator[Problem]:
    """Each head gets an equal part of the width."""
    if width % heads:
        fitting = max(width // heads, 1) * heads
        sentence = f"A width of {width} cannot be divided among {heads} heads"
        hint = f"choose a width of {fitting} or {fitting + heads}, or another number of heads"
        yield Problem("architecture.heads", sentence, hint)


def tie_problems(embedding: int, last: int, unit: str) -> Iterator[Problem]:
    """A head that tells tokens by their vectors needs a last layer as wide as these."""
    if last != embedding:
        sentence = f"Tied weights need a last layer as wide as the embedding, {embedding} numbers,"
        sentence += f" and it has {last} {unit}"
        hint = f"choose {last} for architecture.embedding, or another last layer"
        yield Problem("architecture.tie_weights", sentence, hint)
