"""Which picture a table means: by path, by name, or by name without its ending."""

from __future__ import annotations

import posixpath
import unicodedata
from collections.abc import Callable, Sequence

from engine.datasets.image_folder.listing import PICTURES

AMBIGUOUS = -1
"""Stands for a name that several pictures have."""
_PROBED = 200


class Finder:
    """Pictures of a folder by what a table may call them. Exact paths come first; else capitals do
    not matter, nor in which folder the picture lies as long as there is one of its name."""

    def __init__(self, pictures: Sequence[str], beside: str = "") -> None:
        """`pictures` relative to the root, `beside` the folder of the table, too."""
        self._beside = f"{beside}/" if beside else ""
        self._paths = {_plain(name): index for index, name in enumerate(pictures)}
        self._names = _unique(pictures, posixpath.basename)
        self._stems = _unique(
            pictures, lambda name: posixpath.splitext(posixpath.basename(name))[0]
        )

    def find(self, cell: str) -> int | None:
        """The index of the picture meant, AMBIGUOUS, or None when there is none."""
        asked = _plain(cell.replace("\\", "/").removeprefix("./"))
        for path in (asked, self._beside + asked):
            if path in self._paths:
                return self._paths[path]
        name = posixpath.basename(asked).casefold()
        if name in self._names:
            return self._names[name]
        ending = posixpath.splitext(name)[1]
        return None if ending in PICTURES else self._stems.get(name)

    def column(self, rows: Sequence[Sequence[str]]) -> int | None:
        """The column whose cells name pictures most often; None when none does mostly."""
        probed = rows[:_PROBED]
        found = [
            sum(self.find(row[column]) is not None for row in probed)
            for column in range(len(rows[0]))
        ]
        best = max(range(len(found)), key=found.__getitem__)
        return best if found[best] * 2 > len(probed) else None


def _unique(pictures: Sequence[str], key: Callable[[str], str]) -> dict[str, int]:
    index: dict[str, int] = {}
    for number, name in enumerate(pictures):
        called = _plain(key(name)).casefold()
        index[called] = AMBIGUOUS if called in index else number
    return index


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name)
