"""Patterns that a network repeats: blocks in a row become one group that says how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.model.folding import Box, children
from engine.model.graph import ROOT, Graph, Group, Node

LONGEST = 6
"""Neighbours of which a pattern may consist."""
FEWEST = 3
"""Times that a pattern of several has to come; a block has to come twice."""


@dataclass(frozen=True)
class _Part:
    """A node or a group as its neighbours see it; `sign` is the same for what is alike."""

    sign: tuple[object, ...]
    box: Box


def gather_repeats(graph: Graph) -> Graph:
    """The graph with a group, whose `count` is above 1, round each run of like neighbours."""
    gathering = _Gathering(graph)
    gathering.gather(ROOT)
    nodes = tuple(replace(node, group=gathering.of_node[node.key]) for node in graph.nodes)
    return replace(graph, nodes=nodes, groups=gathering.groups)


class _Gathering:
    def __init__(self, graph: Graph) -> None:
        self.groups = dict(graph.groups)
        self.of_node = {node.key: node.group for node in graph.nodes}
        self._nodes = {node.key: node for node in graph.nodes}
        self._next = max(graph.groups, default=ROOT) + 1
        self._children = children(graph)

    def gather(self, group: int) -> tuple[object, ...]:
        """Gather inside of a group, then in it; its sign."""
        parts = [self._part(box) for box in self._children.get(group, [])]
        place = 0
        while place < len(parts):
            length, times = _longest_run([part.sign for part in parts], place)
            if times > 1:
                self._enclose(group, parts[place : place + length * times], length, times)
            place += length * times
        return tuple(part.sign for part in parts)

    def _part(self, box: Box) -> _Part:
        if box.group is not None:
            return _Part((self.groups[box.group].label, self.gather(box.group)), box)
        assert box.node is not None
        return _Part(_sign(self._nodes[box.node]), box)

    def _enclose(self, group: int, parts: list[_Part], length: int, times: int) -> None:
        key, self._next = self._next, self._next + 1
        label = " · ".join(self._of(part).label for part in parts[:length])
        first = self._of(parts[0])
        code = first.code if isinstance(first, Group) else ""
        self.groups[key] = Group(key, label, first.path, group, times, code)
        for part in parts:
            if part.box.node is not None:
                self.of_node[part.box.node] = key
            elif part.box.group is not None:
                self.groups[part.box.group] = replace(self.groups[part.box.group], group=key)

    def _of(self, part: _Part) -> Node | Group:
        if part.box.group is not None:
            return self.groups[part.box.group]
        assert part.box.node is not None
        return self._nodes[part.box.node]


def _longest_run(signs: Sequence[object], place: int) -> tuple[int, int]:
    """The pattern at a place that covers most: its length, and how often it comes."""
    best = (1, 1)
    for length in range(1, LONGEST + 1):
        pattern = signs[place : place + length]
        times = 1
        while signs[place + length * times : place + length * (times + 1)] == pattern:
            times += 1
        block = length == 1 and isinstance(pattern[0], tuple) and len(pattern[0]) == 2
        if times >= (2 if block else FEWEST) and length * times > best[0] * best[1]:
            best = (length, times)
    return best


def _sign(node: Node) -> tuple[object, ...]:
    """What makes two nodes alike: operation, weights and what comes out, not their names."""
    shapes = tuple(weight.shape for weight in node.weights)
    return (node.kind, node.label, node.shapes_out, shapes, node.detail)
