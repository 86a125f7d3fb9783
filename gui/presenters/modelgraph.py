"""One graph of the network: what of it is unfolded, what is chosen, and what there is to say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

from engine.model.folding import Box, Folding
from engine.model.graph import Graph, Node, Shape
from engine.model.layout import Layout, lay_out
from engine.model.words import inputs, outputs, shape_text, title
from gui import texts
from gui.presenters.previews import Preview

Way = Literal["up", "down", "left", "right"]
MOST_SHAPES = 6
"""Shapes of one kind that are listed of a box."""
MOST_WEIGHTS = 12


@dataclass(frozen=True)
class About:
    """What is said of a box: a heading, named facts, source code with its place."""

    heading: str
    facts: tuple[tuple[str, str], ...]
    code: str = ""
    place: str = ""


class GraphPresenter(QObject):
    """Follows a preview of a graph. Widgets say how large a box is, and draw the layout."""

    changed = Signal()
    """Another graph, or another state of its preview."""
    folded = Signal()
    """Something was unfolded or folded up."""
    chosen_changed = Signal()

    def __init__(self, preview: Preview[Graph]) -> None:
        super().__init__()
        self.preview = preview
        self.folding: Folding | None = None
        self.chosen: Box | None = None
        preview.changed.connect(self._on_preview_changed)

    @property
    def graph(self) -> Graph | None:
        """The graph that is shown."""
        return self.folding.graph if self.folding is not None else None

    def layout(self, size_of: Callable[[Box], tuple[float, float]]) -> Layout:
        """Where everything stands."""
        return lay_out(self.folding, size_of) if self.folding is not None else Layout()

    def _on_preview_changed(self) -> None:
        value = self.preview.value
        if value is None:
            self.folding, self.chosen = None, None
        elif self.folding is None or self.folding.graph != value:
            self.folding, self.chosen = Folding(value), None
        self.changed.emit()

    # --- Folding ---------------------------------------------------------------------------------

    def toggle(self, box: Box) -> None:
        """Unfold a group, or fold it up, and choose it."""
        if self.folding is None or box.group is None:
            return
        self.folding.toggle(box.group)
        self.chosen = box
        self.folded.emit()
        self.chosen_changed.emit()

    def unfold_all(self, everything: bool) -> None:
        """Unfold everything, or fold it all up."""
        if self.folding is None:
            return
        if everything:
            self.folding.all()
        else:
            self.folding.none()
        self.choose(self._still_shown())
        self.folded.emit()

    @property
    def foldable(self) -> tuple[bool, bool]:
        """Whether there is something to unfold, and something to fold up."""
        if self.folding is None:
            return False, False
        groups = set(self.folding.graph.groups)
        return bool(groups - self.folding.unfolded), bool(groups & self.folding.unfolded)

    def _still_shown(self) -> Box | None:
        """What is chosen, or what it has gone into."""
        if self.chosen is None or self.folding is None:
            return None
        if self.chosen.node is not None:
            return self.folding.shown(self.chosen.node)
        around = self.folding.graph.around(self.chosen.group or 0)[1:]
        folded = [group for group in around if group not in self.folding.unfolded]
        return Box(group=folded[-1]) if folded else self.chosen

    # --- Choosing --------------------------------------------------------------------------------

    def choose(self, box: Box | None) -> None:
        """Show what there is to say of a box."""
        if box != self.chosen:
            self.chosen = box
            self.chosen_changed.emit()

    def move(self, way: Way, layout: Layout) -> None:
        """Choose a neighbour: along a line, or the nearest beside."""
        order = sorted(layout.boxes, key=lambda box: (layout.boxes[box].y, layout.boxes[box].x))
        if not order:
            return
        if self.chosen is None:
            self.choose(order[0])
        elif way in ("up", "down"):
            self._move_along(way == "down", layout)
        else:
            self._move_beside(way == "right", layout)

    def _move_along(self, down: bool, layout: Layout) -> None:
        assert self.folding is not None
        pairs = self.folding.edges()
        here = self._boxes_of(self.chosen)
        if down:
            near = [other for one, other in pairs if one in here and other not in here]
        else:
            near = [one for one, other in pairs if other in here and one not in here]
        if near:
            self.choose(min(near, key=lambda box: self._distance(box, layout)))

    def _boxes_of(self, box: Box | None) -> set[Box]:
        """The box, or all that is seen of an unfolded group."""
        assert self.folding is not None
        if box is None or box.group is None or box.group not in self.folding.unfolded:
            return {box} if box is not None else set()
        return {self.folding.shown(node.key) for node in self.folding.graph.inside(box.group)}

    def _move_beside(self, right: bool, layout: Layout) -> None:
        if self.chosen not in layout.boxes:
            return
        here = layout.boxes[self.chosen]
        sign = 1 if right else -1
        level = [
            (sign * (rect.x - here.x), box)
            for box, rect in layout.boxes.items()
            if rect.y < here.y + here.height and here.y < rect.y + rect.height
        ]
        beside = [(far, box) for far, box in level if far > 0]
        if beside:
            self.choose(min(beside, key=lambda entry: entry[0])[1])

    def _distance(self, box: Box, layout: Layout) -> float:
        here = layout.boxes.get(self.chosen) if self.chosen is not None else None
        if here is None:
            return layout.boxes[box].y
        there = layout.boxes[box]
        sideways = abs(there.x + there.width / 2 - here.x - here.width / 2)
        return abs(there.y - here.y) + sideways / 10

    # --- Words -----------------------------------------------------------------------------------

    def about(self) -> About:
        """Of what is chosen; of the graph where nothing is."""
        graph = self.graph
        if graph is None:
            return About("", ())
        if self.chosen is None:
            facts = [("Operations", texts.whole(len(graph.nodes)))]
            facts += [("Found", graph.made_by)] if graph.made_by else []
            facts += [("Left out", graph.note)] if graph.note else []
            return About("Choose a box to read about it", tuple(facts))
        if self.chosen.group is not None:
            return _about_group(graph, self.chosen)
        assert self.chosen.node is not None
        return _about_node(graph, graph.nodes[self.chosen.node])

    def said(self) -> str:
        """What is chosen in one sentence, for screen readers."""
        about = self.about()
        return ", ".join([about.heading, *(f"{name} {value}" for name, value in about.facts[:4])])


def _about_node(graph: Graph, node: Node) -> About:
    code = graph.code.get(node.code)
    own = node.kind == "layer"
    facts = [("Module" if own else "In", node.path)] if node.path else []
    named = "Autograd" if node.detail.rstrip(">0123456789").endswith("Backward") else "Options"
    facts += [(named, node.detail)] if node.detail else []
    facts += _shapes("Takes", node.shapes_in) + _shapes("Gives", node.shapes_out)
    facts += _weights(node)
    return About(node.label, tuple(facts), code.text if code else "", code.place if code else "")


def _about_group(graph: Graph, box: Box) -> About:
    assert box.group is not None
    group = graph.groups[box.group]
    code = graph.code.get(group.code)
    inside = graph.inside(box.group)
    facts = [("Module" if group.count == 1 else "From", group.path)]
    facts += [("Times", str(group.count))] if group.count > 1 else []
    facts.append(("Operations", texts.whole(len(inside))))
    facts += _shapes("Takes", inputs(graph, box)) + _shapes("Gives", outputs(graph, box))
    numbers = sum(
        _count(weight.shape) for node in inside for weight in node.weights if weight.learns
    )
    facts += [("Weights", f"{texts.whole(numbers)} numbers")] if numbers else []
    text, place = (code.text, code.place) if code else ("", "")
    return About(title(graph, box), tuple(facts), text, place)


def _shapes(name: str, shapes: Sequence[Shape]) -> list[tuple[str, str]]:
    if not shapes:
        return []
    lines = [shape_text(shape) for shape in shapes[:MOST_SHAPES]]
    more = len(shapes) - MOST_SHAPES
    return [(name, "\n".join(lines) + (f"\nand {more} more" if more > 0 else ""))]


def _weights(node: Node) -> list[tuple[str, str]]:
    if not node.weights or node.kind == "parameter":
        return []
    lines = [
        f"{weight.name}  {' × '.join(map(str, weight.shape)) or '1'}"
        + ("" if weight.learns else "  (does not learn)")
        for weight in node.weights[:MOST_WEIGHTS]
    ]
    more = len(node.weights) - MOST_WEIGHTS
    return [("Weights", "\n".join(lines) + (f"\nand {more} more" if more > 0 else ""))]


def _count(shape: Shape) -> int:
    count = 1
    for size in shape:
        count *= size
    return count
