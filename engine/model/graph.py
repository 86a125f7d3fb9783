"""A graph of operations as plain values: no torch, no Qt. Also: what stands inside what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Shape = tuple[int, ...]
NodeKind = Literal["input", "layer", "function", "parameter", "output"]

ROOT = -1
"""The group that everything is in, which is never drawn."""


@dataclass(frozen=True)
class Weight:
    """A parameter or buffer that a node uses; `learns` is false for buffers and frozen ones."""

    name: str
    shape: Shape
    learns: bool = True


@dataclass(frozen=True)
class Node:
    """One operation. `key` counts from 0 in the order of the work.

    `path` is that of the layer, or of the module in whose forward a function is called. Shapes
    are those of a batch, as they are, without a name for the batch's dimension. `code` is a key of
    `Graph.code`; `detail` are a layer's own words for its options.
    """

    key: int
    label: str
    kind: NodeKind
    path: str = ""
    group: int = ROOT
    shapes_in: tuple[Shape, ...] = ()
    shapes_out: tuple[Shape, ...] = ()
    weights: tuple[Weight, ...] = ()
    code: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Group:
    """One call of a module that has parts, or (`count` above 1) a pattern that is repeated.

    `label` is the module's type; `group` is what it stands in.
    """

    key: int
    label: str
    path: str
    group: int = ROOT
    count: int = 1
    code: str = ""


@dataclass(frozen=True)
class Code:
    """The source of a forward: where it stands, "" where it is not known."""

    text: str
    place: str = ""


@dataclass(frozen=True)
class Graph:
    """What is done in which order. `edges` go from a node to one that uses what it gives.

    `groups` are by key; `made_by` says how the graph was found, `note` what is not in it.
    """

    nodes: tuple[Node, ...]
    edges: tuple[tuple[int, int], ...]
    groups: dict[int, Group] = field(default_factory=dict)
    code: dict[str, Code] = field(default_factory=dict)
    made_by: str = ""
    note: str = ""

    def inside(self, group: int) -> list[Node]:
        """All nodes in a group, however deep."""
        return [node for node in self.nodes if group in self.around(node.group)]

    def around(self, group: int) -> list[int]:
        """A group and those that it stands in, the innermost first; ROOT is left out."""
        found = []
        while group != ROOT:
            found.append(group)
            group = self.groups[group].group
        return found

    def as_json(self) -> dict[str, Any]:
        """Plain JSON types, without the code."""
        return {
            "made_by": self.made_by,
            "note": self.note,
            "nodes": [
                {
                    "key": node.key, "label": node.label, "kind": node.kind, "path": node.path,
                    "group": node.group, "detail": node.detail,
                    "shapes_in": [list(shape) for shape in node.shapes_in],
                    "shapes_out": [list(shape) for shape in node.shapes_out],
                    "weights": {weight.name: list(weight.shape) for weight in node.weights},
                }
                for node in self.nodes
            ],
            "edges": [list(edge) for edge in self.edges],
            "groups": [
                {"key": group.key, "label": group.label, "path": group.path,
                 "group": group.group, "count": group.count}
                for group in self.groups.values()
            ],
        }  # fmt: skip
