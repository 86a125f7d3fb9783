"""What the heads of a transformer ask of its width."""

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
