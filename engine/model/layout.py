"""Where the boxes of a folded graph stand, from top to bottom, and how the lines between them run.

The order of the layers comes from fast-sugiyama (Sugiyama and others 1981). An unfolded group is
laid out by itself and then stands in its surroundings like a box: nothing runs through it.
Lengths are in pixels, y grows downwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from engine.model.folding import Box, Folding
from engine.model.graph import ROOT
from engine.model.layers import Item, Route, arranged

Point = tuple[float, float]
Size = tuple[float, float]
SizeOf = Callable[[Box], Size]

MARGIN, TITLE, SIGN = 14.0, 26.0, 30.0
"""Room round what stands in an unfolded group, above it for its name, and at the right end of that
for the sign that folds it: no line comes in there."""
_IN, _OUT = "in", "out"
_Spot = Box | int | str
"""What is laid out on one level: a box, an unfolded group by its key, or where lines come in."""


@dataclass(frozen=True)
class Rect:
    """A place: its left upper corner, its width and height."""

    x: float
    y: float
    width: float
    height: float

    def moved(self, x: float, y: float) -> Rect:
        """The same elsewhere."""
        return Rect(self.x + x, self.y + y, self.width, self.height)


@dataclass(frozen=True)
class Line:
    """A line from top to bottom through `points`; `ends` says whether an arrow stands at its end.

    `pairs` are the boxes that it joins, several where lines run together into a group.
    """

    points: tuple[Point, ...]
    pairs: frozenset[tuple[Box, Box]]
    ends: bool = True

    def moved(self, x: float, y: float) -> Line:
        """The same elsewhere."""
        return Line(tuple((px + x, py + y) for px, py in self.points), self.pairs, self.ends)


@dataclass
class Layout:
    """Places of `boxes` and of `frames` (unfolded groups by key), and `lines`; all of it within
    (0, 0) and (width, height)."""

    width: float = 0.0
    height: float = 0.0
    boxes: dict[Box, Rect] = field(default_factory=dict)
    frames: dict[int, Rect] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)


def lay_out(folding: Folding, size_of: SizeOf) -> Layout:
    """Place everything that is to be seen; a box is as large as `size_of` says."""
    return _Laying(folding, size_of).level(ROOT).layout


@dataclass
class _Level:
    """A group laid out by itself; lines come in and leave at these distances from its left."""

    layout: Layout
    enters: float = 0.0
    leaves: float = 0.0


class _Laying:
    def __init__(self, folding: Folding, size_of: SizeOf) -> None:
        self._folding = folding
        self._size_of = size_of
        self._edges = _by_level(folding)

    def level(self, group: int) -> _Level:
        """Lay out what is in a group, everything below it first."""
        found = Layout()
        below: dict[int, _Level] = {}
        items: dict[_Spot, Item] = {}
        edges = self._edges.get(group, {})
        for box in self._folding.children.get(group, []):
            if box.group in self._folding.unfolded and box.group is not None:
                below[box.group] = inner = self.level(box.group)
                size = inner.layout.width, inner.layout.height
                items[box.group] = Item(*size, inner.enters, inner.leaves)
            else:
                width, height = self._size_of(box)
                items[box] = Item(width, height, width / 2, width / 2)
        for end in (_IN, _OUT):
            if any(end in pair for pair in edges):
                items[end] = Item(1, 1, 0.5, 0.5)
        placed = arranged(items, list(edges))
        left, top = self._edge(group, placed.width)
        for spot, (x, y) in placed.corners.items():
            item = items[spot]
            self._put(found, spot, Rect(x + left, y + top, item.width, item.height), below)
        enters, leaves = (placed.middle(end, items) + left for end in (_IN, _OUT))
        found.width = max(placed.width + 2 * left, enters + SIGN if group != ROOT else 0.0)
        found.height = placed.height + top + (MARGIN if group != ROOT else 0.0)
        for route in placed.routes:
            found.lines.append(_line(route, edges, (left, top), found.height))
        return _Level(found, enters, leaves)

    def _edge(self, group: int, width: float) -> Point:
        """The room at the left of what stands in a group, and above it; its name finds room."""
        if group == ROOT:
            return 0.0, 0.0
        least, _ = self._size_of(Box(group=group))
        return max(MARGIN, (least - width) / 2), TITLE

    @staticmethod
    def _put(found: Layout, spot: _Spot, rect: Rect, below: dict[int, _Level]) -> None:
        if isinstance(spot, Box):
            found.boxes[spot] = rect
        elif isinstance(spot, int):
            inner = below[spot].layout
            found.frames[spot] = rect
            found.boxes |= {box: r.moved(rect.x, rect.y) for box, r in inner.boxes.items()}
            found.frames |= {key: r.moved(rect.x, rect.y) for key, r in inner.frames.items()}
            found.lines += [line.moved(rect.x, rect.y) for line in inner.lines]


_Pairs = dict[tuple[_Spot, _Spot], set[tuple[Box, Box]]]


def _line(route: Route, edges: _Pairs, corner: Point, height: float) -> Line:
    source, target = route.ends
    points = [(x + corner[0], y + corner[1]) for x, y in route.points]
    if source == _IN:
        points.insert(0, (points[0][0], 0.0))
    if target == _OUT:
        points.append((points[-1][0], height))
    return Line(tuple(points), frozenset(edges[route.ends]), isinstance(target, Box))


def _by_level(folding: Folding) -> dict[int, _Pairs]:
    """The lines of each unfolded group, those to and from outside of it at its edge."""
    found: dict[int, _Pairs] = {}

    def add(level: int, one: _Spot, other: _Spot, pair: tuple[Box, Box]) -> None:
        found.setdefault(level, {}).setdefault((one, other), set()).add(pair)

    for pair in folding.edges():
        ups, downs = (_inward(folding, box) for box in pair)
        depth = 0
        while ups[depth] == downs[depth]:
            depth += 1
        level = ROOT if depth == 0 else _key(ups[depth - 1])
        add(level, ups[depth], downs[depth], pair)
        for outer, inner in zip(ups[depth:], ups[depth + 1 :], strict=False):
            add(_key(outer), inner, _OUT, pair)
        for outer, inner in zip(downs[depth:], downs[depth + 1 :], strict=False):
            add(_key(outer), _IN, inner, pair)
    return found


def _inward(folding: Folding, box: Box) -> list[_Spot]:
    """The unfolded groups round a box from the outside, and the box."""
    return [*reversed(folding.graph.around(folding.home(box))), box]


def _key(spot: _Spot) -> int:
    assert isinstance(spot, int)
    return spot
