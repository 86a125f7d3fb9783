"""What is written in the boxes of a graph, and what there is to say about one."""

from __future__ import annotations

from engine.model.folding import Box
from engine.model.graph import Graph, Node, Shape, Weight

BATCH = 2
"""Samples in the batch of which the graph knows the shapes; written as N."""
LONGEST = 34
"""Letters in a line of a box."""


def shape_text(shape: Shape) -> str:
    """(2, 16, 8, 8) as `N × 16 × 8 × 8`, and no dimension at all as `a number`."""
    if not shape:
        return "a number"
    sizes = ["N" if place == 0 and size == BATCH else str(size) for place, size in enumerate(shape)]
    return " × ".join(sizes)


def title(graph: Graph, box: Box) -> str:
    """The first line: the operation, or the block and how often it comes."""
    if box.group is not None:
        group = graph.groups[box.group]
        return _short(f"{group.label} × {group.count}" if group.count > 1 else group.label)
    assert box.node is not None
    return _short(graph.nodes[box.node].label)


def subtitle(graph: Graph, box: Box) -> str:
    """The second line: what comes out."""
    shapes = outputs(graph, box)
    return _short(", ".join(map(shape_text, shapes[:2])) + (", …" if len(shapes) > 2 else ""))


def outputs(graph: Graph, box: Box) -> tuple[Shape, ...]:
    """The shapes that leave a box: of a group, those that something outside uses."""
    if box.node is not None:
        return graph.nodes[box.node].shapes_out
    inside = {node.key for node in graph.inside(box.group)} if box.group is not None else set()
    leaving = {one for one, other in graph.edges if one in inside and other not in inside}
    last = sorted(leaving) or sorted(inside)[-1:]
    return tuple(shape for key in last for shape in graph.nodes[key].shapes_out)


def inputs(graph: Graph, box: Box) -> tuple[Shape, ...]:
    """The shapes that come into a box."""
    if box.node is not None:
        return graph.nodes[box.node].shapes_in
    inside = {node.key for node in graph.inside(box.group)} if box.group is not None else set()
    coming = sorted({one for one, other in graph.edges if other in inside and one not in inside})
    return tuple(shape for key in coming for shape in graph.nodes[key].shapes_out)


def tensors(graph: Graph, box: Box) -> dict[str, Weight]:
    """The tensors that a box uses, each once, by the name that the whole network has for it."""
    nodes = [graph.nodes[box.node]] if box.node is not None else []
    nodes += graph.inside(box.group) if box.group is not None else []
    return {full_name(node, weight): weight for node in nodes for weight in node.weights}


def full_name(node: Node, weight: Weight) -> str:
    """The name that the whole network has for a tensor: a layer's own are told without its path."""
    whole = node.kind != "layer" or not node.path
    return weight.name if whole else f"{node.path}.{weight.name}"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
