"""What there is to say of a box of a graph: named facts, the tensors that it uses, source code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.model.figures import Figures, WeightFigures
from engine.model.folding import Box
from engine.model.graph import Code, Graph, Node, Shape, Weight
from engine.model.words import inputs, outputs, shape_text, tensors, title
from gui import texts

MOST_SHAPES = 6
"""Shapes of one kind that are listed of a box."""
MOST_TENSORS = 12
"""Tensors of which a box tells one by one."""


@dataclass(frozen=True)
class Known:
    """What is known of the numbers in a network's tensors; `waits` why nothing is, or "" where
    nobody asks."""

    figures: WeightFigures | None = None
    waits: str = ""


@dataclass(frozen=True)
class TensorWords:
    """One tensor: what is said of its shape and of its numbers, its histogram, and the least and
    the greatest number."""

    name: str
    shape: str
    numbers: str = ""
    bars: tuple[int, ...] = ()
    ends: tuple[str, str] | None = None


@dataclass(frozen=True)
class About:
    """What is said of a box: a heading, named facts, its tensors and where their numbers are from,
    source code with its place."""

    heading: str
    facts: tuple[tuple[str, str], ...]
    tensors: tuple[TensorWords, ...] = ()
    source: str = ""
    code: str = ""
    place: str = ""


def about_graph(graph: Graph) -> About:
    """Of a graph in which nothing is chosen."""
    facts = [("Operations", texts.whole(len(graph.nodes)))]
    facts += [("Found", graph.made_by)] if graph.made_by else []
    facts += [("Left out", graph.note)] if graph.note else []
    return About("Choose a box to read about it", tuple(facts))


def about_box(graph: Graph, box: Box, known: Known) -> About:
    """Of a node, or of a group that is folded or framed."""
    if box.group is not None:
        return _about_group(graph, box, known)
    assert box.node is not None
    return _about_node(graph, graph.nodes[box.node], known)


def _about_node(graph: Graph, node: Node, known: Known) -> About:
    facts = [("Module" if node.kind == "layer" else "In", node.path)] if node.path else []
    named = "Autograd" if node.detail.rstrip(">0123456789").endswith("Backward") else "Options"
    facts += [(named, node.detail)] if node.detail else []
    facts += _shapes("Takes", node.shapes_in) + _shapes("Gives", node.shapes_out)
    box = Box(node=node.key)
    rows = _tensors(graph, box, f"{node.path}." if node.kind == "layer" else "", known)
    return _with_code(
        About(node.label, tuple(facts), rows, _source(graph, box, known)), graph.code.get(node.code)
    )


def _about_group(graph: Graph, box: Box, known: Known) -> About:
    assert box.group is not None
    group = graph.groups[box.group]
    facts = [("Module" if group.count == 1 else "From", group.path)]
    facts += [("Times", str(group.count))] if group.count > 1 else []
    facts.append(("Operations", texts.whole(len(graph.inside(box.group)))))
    facts += _shapes("Takes", inputs(graph, box)) + _shapes("Gives", outputs(graph, box))
    used = tensors(graph, box)
    learning = sum(_count(weight.shape) for weight in used.values() if weight.learns)
    facts += [("Weights", f"{texts.whole(learning)} numbers")] if learning else []
    heading = title(graph, box)
    if len(used) > MOST_TENSORS:
        facts.append(("Tensors", f"{len(used)}: unfold it to read about each"))
        return _with_code(About(heading, tuple(facts)), graph.code.get(group.code))
    rows = _tensors(graph, box, f"{group.path}." if group.count == 1 else "", known)
    return _with_code(
        About(heading, tuple(facts), rows, _source(graph, box, known)), graph.code.get(group.code)
    )


def _with_code(about: About, code: Code | None) -> About:
    if code is None:
        return about
    return About(about.heading, about.facts, about.tensors, about.source, code.text, code.place)


def _shapes(name: str, shapes: Sequence[Shape]) -> list[tuple[str, str]]:
    if not shapes:
        return []
    lines = [shape_text(shape) for shape in shapes[:MOST_SHAPES]]
    more = len(shapes) - MOST_SHAPES
    return [(name, "\n".join(lines) + (f"\nand {more} more" if more > 0 else ""))]


# --- Tensors -------------------------------------------------------------------------------------


def _tensors(graph: Graph, box: Box, prefix: str, known: Known) -> tuple[TensorWords, ...]:
    used = list(tensors(graph, box).items())
    rows = [
        _tensor(name.removeprefix(prefix), weight, _figures(known, name, weight), known)
        for name, weight in used[:MOST_TENSORS]
    ]
    more = len(used) - MOST_TENSORS
    return (*rows, TensorWords(f"and {more} more", "")) if more > 0 else tuple(rows)


def _figures(known: Known, name: str, weight: Weight) -> Figures | None:
    """A tensor of that name and another shape is another network's."""
    found = known.figures.tensors.get(name) if known.figures is not None else None
    return found if found is not None and found.shape == weight.shape else None


def _tensor(name: str, weight: Weight, found: Figures | None, known: Known) -> TensorWords:
    shape = " × ".join(map(str, weight.shape)) or "a number"
    shape += "" if weight.learns else "  (does not learn)"
    if found is not None:
        ends = f"min {texts.significant(found.least)}", f"max {texts.significant(found.greatest)}"
        return TensorWords(name, shape, _numbers(found), found.bars, ends)
    some = known.figures is not None and bool(known.figures.source)
    return TensorWords(name, shape, known.figures.others if some and known.figures else "")


def _numbers(found: Figures) -> str:
    """Mean and deviation; of a tensor whose numbers are all the same, that number."""
    broken = f"{texts.whole(found.broken)} not finite" if found.broken else ""
    if found.broken == found.count:
        return broken or "empty"
    number = texts.significant
    if found.least == found.greatest:
        said = number(found.mean) if found.count == 1 else f"all {number(found.mean)}"
    else:
        said = f"mean {number(found.mean)}, std {number(found.deviation)}"
        said += "" if found.bars else f", min {number(found.least)}, max {number(found.greatest)}"
    return f"{said}; {broken}" if broken else said


def _source(graph: Graph, box: Box, known: Known) -> str:
    """Where the numbers are from, or why there are none."""
    if not tensors(graph, box):
        return ""
    if known.figures is None:
        return known.waits
    return known.figures.source or known.figures.others


def _count(shape: Shape) -> int:
    count = 1
    for size in shape:
        count *= size
    return count
