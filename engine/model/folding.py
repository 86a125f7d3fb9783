"""What of a graph is drawn: groups that are folded up are one box each."""

from __future__ import annotations

from dataclasses import dataclass

from engine.model.graph import ROOT, Graph

AT_FIRST = 30
"""Boxes up to which a graph is unfolded by itself."""


@dataclass(frozen=True)
class Box:
    """A node, or a folded group: which of the two is not None."""

    node: int | None = None
    group: int | None = None


class Folding:
    """Which groups of a graph are unfolded."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.children: dict[int, list[Box]] = children(graph)
        self.unfolded: set[int] = set()
        self.reset()

    def reset(self) -> None:
        """As it is shown at first: no repeated block, and others while there is room."""
        self.unfolded = set()
        waiting = [box.group for box in self.children.get(ROOT, []) if box.group is not None]
        count = len(self.children.get(ROOT, []))
        while waiting:
            group = waiting.pop(0)
            inner = self.children[group]
            if self.graph.groups[group].count > 1 or count + len(inner) > AT_FIRST:
                continue
            self.unfolded.add(group)
            count += len(inner)
            waiting += [box.group for box in inner if box.group is not None]

    def toggle(self, group: int) -> None:
        """Unfold a group, or fold it up."""
        self.unfolded ^= {group}

    def all(self) -> None:
        """Unfold everything."""
        self.unfolded = set(self.graph.groups)

    def none(self) -> None:
        """Fold everything up."""
        self.unfolded = set()

    def shown(self, node: int) -> Box:
        """The box in which a node is seen: its own, or that of the outermost folded group."""
        around = self.graph.around(self.graph.nodes[node].group)
        folded = [group for group in around if group not in self.unfolded]
        return Box(group=folded[-1]) if folded else Box(node=node)

    def boxes(self) -> list[Box]:
        """Every box that is drawn, in the order of the work."""
        return list(dict.fromkeys(self.shown(node.key) for node in self.graph.nodes))

    def edges(self) -> list[tuple[Box, Box]]:
        """Between boxes, without those inside of a folded group."""
        pairs = ((self.shown(one), self.shown(other)) for one, other in self.graph.edges)
        return list(dict.fromkeys(pair for pair in pairs if pair[0] != pair[1]))

    def home(self, box: Box) -> int:
        """The unfolded group in which a box is drawn."""
        if box.group is not None:
            return self.graph.groups[box.group].group
        assert box.node is not None
        return self.graph.nodes[box.node].group


def children(graph: Graph) -> dict[int, list[Box]]:
    """What stands directly in each group, in the order of the work."""
    found: dict[int, dict[Box, None]] = {ROOT: {}}
    for node in graph.nodes:
        box = Box(node=node.key)
        for group in [*graph.around(node.group), ROOT]:
            found.setdefault(group, {})[box] = None
            box = Box(group=group)
    return {group: list(boxes) for group, boxes in found.items()}
