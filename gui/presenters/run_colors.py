"""Which colour a compared run has: the same one whenever it is compared."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

MOST = 400
"""Runs whose colour is remembered; the one that was compared longest ago is forgotten first."""


class RunColors:
    """Numbers of the palette `Colors.compared`, given out in its order."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._held: dict[str, int] = {}

    def take(self, key: str, in_use: Collection[int]) -> int:
        """The run's number; it gets another one only if its own is `in_use` beside it."""
        number = self._held.pop(key, None)
        if number is None or (number in in_use and len(in_use) < self._count):
            number = self._freest(in_use)
        self._held[key] = number
        while len(self._held) > MOST:
            del self._held[next(iter(self._held))]
        return number

    def _freest(self, in_use: Collection[int]) -> int:
        """The number that the fewest runs have, the first of these; none in use if possible."""
        counts = [0] * self._count
        for number in self._held.values():
            counts[number] += 1
        return min(range(self._count), key=lambda number: (number in in_use, counts[number]))

    def settings(self) -> dict[str, int]:
        """What is to be remembered, in plain values."""
        return dict(self._held)

    def restore(self, settings: Any) -> None:
        """Take what `settings` once gave; what is not understood is left out."""
        pairs = settings.items() if isinstance(settings, dict) else ()
        self._held = {
            str(key): number
            for key, number in pairs
            if isinstance(number, int) and 0 <= number < self._count
        }
