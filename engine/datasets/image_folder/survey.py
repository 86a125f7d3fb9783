"""What is known of a folder without decoding it: listing, layout and looks, kept while they hold.

A recipe is validated at every key that is typed, and asks for the facts ten times over.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from engine.datasets.image_folder.labelled import by_table, table_of
from engine.datasets.image_folder.labels import Wanted
from engine.datasets.image_folder.layout import Layout, by_folders
from engine.datasets.image_folder.listing import LISTINGS, Listing
from engine.datasets.image_folder.looks import Looks, look_at, spread, stamps_of

Stamp = tuple[int, int]


@dataclass(frozen=True)
class Ask:
    """The options that decide which pictures are used. `strict` allows no row without a picture."""

    root: Path
    table: str
    wanted: Wanted
    strict: bool


@dataclass(frozen=True)
class Survey:
    """A folder as it was found."""

    listing: Listing
    layout: Layout
    looked_at: tuple[str, ...]
    looks: Looks
    table: Path | None
    table_stamp: tuple[Stamp, ...]

    def holds(self, listing: Listing) -> bool:
        """Whether it is still right, given the listing of this moment."""
        return (
            listing is self.listing
            and _stamp(self.table) == self.table_stamp
            and stamps_of(self.layout.root, self.looked_at) == self.looks.stamps
        )


class Surveys:
    """The last few surveys."""

    def __init__(self, keep: int = 8) -> None:
        self._keep = keep
        self._kept: OrderedDict[Ask, Survey] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, ask: Ask, exact: bool = False) -> Survey:
        """The survey of a folder, `exact` for one of this very moment. Raises ProblemError."""
        listing = LISTINGS.get(ask.root, exact)
        with self._lock:
            kept = self._kept.get(ask)
        if kept is not None and kept.holds(listing):
            return kept
        made = _survey(ask, listing)
        with self._lock:
            self._kept[ask] = made
            self._kept.move_to_end(ask)
            while len(self._kept) > self._keep:
                self._kept.popitem(last=False)
        return made


def _survey(ask: Ask, listing: Listing) -> Survey:
    table = table_of(listing, ask.table)
    stamp = _stamp(table)
    layout = by_folders(listing) if table is None else by_table(
        listing, table, ask.wanted, ask.strict
    )  # fmt: skip
    chosen = tuple(spread(layout.files))
    return Survey(listing, layout, chosen, look_at(listing.root, chosen), table, stamp)


def _stamp(table: Path | None) -> tuple[Stamp, ...]:
    return () if table is None else stamps_of(table.parent, [table.name])


SURVEYS = Surveys()
