"""One level of a layout: items in layers below one another, as narrow as they can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from fast_sugiyama import from_edges

Point = tuple[float, float]
GAP, RISE = 24.0, 30.0
"""Pixels between neighbours of a layer, and between layers."""
_PASSING = 8.0
"""The width that a line takes where it passes a layer."""
_YIELDS = 0.05
"""How much a passing line counts, beside an item, when both want the same place."""


@dataclass(frozen=True)
class Item:
    """What has a place: its size, and where lines come in above and leave below, from its left."""

    width: float
    height: float
    enters: float
    leaves: float


@dataclass(frozen=True)
class Route:
    """A line from one item to another: from the bottom of the first to the top of the other."""

    ends: tuple[Any, Any]
    points: tuple[Point, ...]


@dataclass
class Arranged:
    """The left upper corners of items, the routes between them, and the room that they take."""

    width: float = 0.0
    height: float = 0.0
    corners: dict[Any, Point] = field(default_factory=dict)
    routes: list[Route] = field(default_factory=list)

    def middle(self, spot: Hashable, items: Mapping[Any, Item]) -> float:
        """Where a line meets an item; half the width without such an item."""
        if spot not in self.corners:
            return self.width / 2
        return self.corners[spot][0] + items[spot].enters


def arranged(items: Mapping[Any, Item], edges: Sequence[tuple[Any, Any]]) -> Arranged:
    """Items by layer; what nothing joins stands side by side."""
    found = Arranged()
    numbers = {spot: number for number, spot in enumerate(items)}
    spots = list(items)
    pairs = [(numbers[one], numbers[other]) for one, other in edges]
    for component in _components(len(spots), pairs):
        part = _Component(component, spots, items, pairs).placed()
        if found.corners:
            found.width += GAP
        found.corners |= {s: (x + found.width, y) for s, (x, y) in part.corners.items()}
        for route in part.routes:
            points = tuple((x + found.width, y) for x, y in route.points)
            found.routes.append(Route(route.ends, points))
        found.width += part.width
        found.height = max(found.height, part.height)
    return found


def _components(count: int, pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """What hangs together, each in order."""
    home = list(range(count))

    def top(number: int) -> int:
        while home[number] != number:
            number = home[number]
        return number

    for one, other in pairs:
        home[max(top(one), top(other))] = min(top(one), top(other))
    found: dict[int, list[int]] = defaultdict(list)
    for number in range(count):
        found[top(number)].append(number)
    return list(found.values())


class _Component:
    """Items that hang together. Numbers from `len(inside)` on are lines that pass a layer."""

    def __init__(
        self,
        inside: list[int],
        spots: list[Any],
        items: Mapping[Any, Item],
        pairs: Sequence[tuple[int, int]],
    ) -> None:
        self._spots = [spots[number] for number in inside]
        self._items = [items[spot] for spot in self._spots]
        own = {number: place for place, number in enumerate(inside)}
        self._pairs = [(own[one], own[other]) for one, other in pairs if one in own]

    def placed(self) -> Arranged:
        if not self._pairs:
            item = self._items[0]
            return Arranged(item.width, item.height, {self._spots[0]: (0.0, 0.0)})
        ((positions, _, _, segments),) = from_edges(
            self._pairs, vertex_spacing=1, dummy_vertices=True, minimum_length=1
        )
        layers: dict[float, list[tuple[float, int]]] = defaultdict(list)
        for number, (x, y) in positions:
            layers[-y].append((x, int(number)))
        centres = self._centres([sorted(layers[y]) for y in sorted(layers)])
        tops, bottoms = self._heights([[n for _, n in sorted(layers[y])] for y in sorted(layers)])
        return self._finished(centres, tops, bottoms, [(int(a), int(b)) for a, b in segments or []])

    def _item(self, number: int) -> Item:
        if number < len(self._items):
            return self._items[number]
        return Item(_PASSING, 0.0, _PASSING / 2, _PASSING / 2)

    def _centres(self, layers: list[list[tuple[float, int]]]) -> dict[int, float]:
        """Where lines meet each item, near where the layout has it, and without overlaps."""
        widths = sorted(item.width for item in self._items)
        unit = widths[len(widths) // 2] + GAP
        found: dict[int, float] = {}
        for layer in layers:
            needs = [0.0]
            for (_, one), (_, other) in pairwise(layer):
                left, right = self._item(one), self._item(other)
                needs.append(needs[-1] + left.width - left.enters + GAP + right.enters)
            wanted = [x * unit - need for (x, _), need in zip(layer, needs, strict=True)]
            weights = [1.0 if n < len(self._items) else _YIELDS for _, n in layer]
            for (_, number), x, need in zip(layer, _rising(wanted, weights), needs, strict=True):
                found[number] = x + need
        return found

    def _heights(self, layers: list[list[int]]) -> tuple[dict[int, float], dict[int, float]]:
        """The upper and lower edge of each layer, by what is in it."""
        tops, bottoms, y = {}, {}, 0.0
        for layer in layers:
            height = max(self._item(number).height for number in layer)
            for number in layer:
                tops[number], bottoms[number] = y, y + height
            y += height + RISE
        return tops, bottoms

    def _finished(
        self,
        centres: dict[int, float],
        tops: dict[int, float],
        bottoms: dict[int, float],
        segments: list[tuple[int, int]],
    ) -> Arranged:
        left = min(x - self._item(number).enters for number, x in centres.items())
        right = max(x - (i := self._item(n)).enters + i.width for n, x in centres.items())
        found = Arranged(right - left, max(bottoms.values()))
        places = {}
        for number, item in enumerate(self._items):
            room = bottoms[number] - tops[number] - item.height
            places[number] = (centres[number] - item.enters - left, tops[number] + room / 2)
            found.corners[self._spots[number]] = places[number]
        following = defaultdict(list)
        for one, other in segments:
            following[one].append(other)
        for number, item in enumerate(self._items):
            x, y = places[number]
            for after in following[number]:
                points = [(x + item.leaves, y + item.height)]
                if bottoms[number] > y + item.height:
                    points.append((x + item.leaves, bottoms[number]))
                while after >= len(self._items):
                    along = centres[after] - left
                    points += [(along, tops[after]), (along, bottoms[after])]
                    (after,) = following[after]
                end = places[after][0] + self._items[after].enters
                if places[after][1] > tops[after]:
                    points.append((end, tops[after]))
                points.append((end, places[after][1]))
                ends = (self._spots[number], self._spots[after])
                found.routes.append(Route(ends, tuple(points)))
        return found


def _rising(wanted: list[float], weights: list[float]) -> list[float]:
    """The numbers nearest to the wanted ones, by weighted squares, of which none is below the one
    before it (pool adjacent violators)."""
    blocks: list[tuple[float, float, int]] = []  # mean, weight, how many
    for value, weight in zip(wanted, weights, strict=True):
        blocks.append((value, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (one, w1, n1), (other, w2, n2) = blocks[-2:]
            blocks[-2:] = [((one * w1 + other * w2) / (w1 + w2), w1 + w2, n1 + n2)]
    return [mean for mean, _, count in blocks for _ in range(count)]
