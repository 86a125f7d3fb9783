"""One graph of the network: what of it is unfolded, what is chosen, and what there is to say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QObject, Signal

from engine.model.figures import WeightFigures
from engine.model.folding import Box, Folding
from engine.model.graph import Graph
from engine.model.layout import Layout, lay_out
from engine.model.words import tensors
from gui.presenters.boxwords import About, Known, about_box, about_graph
from gui.presenters.previews import Preview

Way = Literal["up", "down", "left", "right"]


class GraphPresenter(QObject):
    """Follows a preview of a graph. Widgets say how large a box is, and draw the layout."""

    changed = Signal()
    """Another graph, or another state of its preview."""
    folded = Signal()
    """Something was unfolded or folded up."""
    chosen_changed = Signal()

    weights_changed = Signal()
    """Something else is known of the numbers in the network's tensors."""

    def __init__(
        self, preview: Preview[Graph], weights: Preview[WeightFigures] | None = None
    ) -> None:
        super().__init__()
        self.preview, self.weights = preview, weights
        self.folding: Folding | None = None
        self.chosen: Box | None = None
        preview.changed.connect(self._on_preview_changed)
        if weights is not None:
            weights.changed.connect(self.weights_changed)

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
            return about_graph(graph)
        return about_box(graph, self.chosen, self._known())

    def _known(self) -> Known:
        """What is known of the numbers in the tensors."""
        weights = self.weights
        if weights is None or (weights.value is None and weights.problem is None):
            return Known(waits="being read…" if weights is not None else "")
        if weights.value is None:
            return Known(waits=str(weights.problem))
        return Known(weights.value)

    def said(self) -> str:
        """What is chosen in one sentence, for screen readers."""
        about = self.about()
        return ", ".join([about.heading, *(f"{name} {value}" for name, value in about.facts[:4])])

    # --- Weights ---------------------------------------------------------------------------------

    def look(self, looking: bool) -> None:
        """Whether anyone reads about what is chosen: numbers of its tensors are read only then."""
        if self.weights is not None:
            graph, box = self.graph, self.chosen
            has_any = graph is not None and box is not None and bool(tensors(graph, box))
            self.weights.want(looking and has_any)
