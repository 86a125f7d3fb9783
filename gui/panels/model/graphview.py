"""A graph to look at: zoomed, moved, walked through with the arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView

from engine.model.folding import Box
from engine.model.layout import Layout
from gui.panels.model.items import BoxItem, Fonts, FrameItem, LineItem
from gui.presenters.modelgraph import GraphPresenter, Way
from gui.theme import Theme

SMALLEST, LARGEST, STEP = 0.05, 3.0, 1.25
_EDGE = 24.0
_FIRST = 0.6
"""The smallest scale at which a graph is shown at first: words can be read."""
_WAYS: dict[int, Way] = {
    Qt.Key.Key_Up: "up", Qt.Key.Key_Down: "down", Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
}  # fmt: skip


class GraphView(QGraphicsView):
    """Draws a presenter's graph. Ctrl and the wheel zoom, the background is dragged."""

    def __init__(self, theme: Theme, presenter: GraphPresenter, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._theme, self._presenter = theme, presenter
        self.layout_: Layout = Layout()
        self._fresh = True
        self.setScene(QGraphicsScene(self))
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        theme.changed.connect(self._on_theme_changed)
        presenter.folded.connect(self._on_folded)
        presenter.chosen_changed.connect(self._on_chosen_changed)
        self._on_theme_changed()

    def show_graph(self) -> None:
        """Draw another graph, from its beginning."""
        self._fresh = True
        self.redraw()
        self._settle()

    def redraw(self) -> None:
        """Draw the graph as it is folded now; what is chosen stays where it is on the screen."""
        before = self._chosen_on_screen()
        scene, presenter = self.scene(), self._presenter
        scene.clear()
        graph = presenter.graph
        if graph is None:
            self.layout_ = Layout()
            return
        fonts = Fonts(self.font())
        self.layout_ = found = presenter.layout(lambda box: fonts.size_of(graph, box))
        for key, rect in found.frames.items():
            scene.addItem(FrameItem(self._theme, presenter, fonts, key, rect))
        for line in found.lines:
            scene.addItem(LineItem(self._theme, presenter, line))
        for box, place in found.boxes.items():
            scene.addItem(BoxItem(self._theme, presenter, fonts, box, place))
        whole = QRectF(0, 0, found.width, found.height)
        scene.setSceneRect(whole.adjusted(-_EDGE, -_EDGE, _EDGE, _EDGE))
        after = self._chosen_on_screen()
        if before is not None and after is not None:
            moved = after - before
            for bar, by in (
                (self.horizontalScrollBar(), moved.x()), (self.verticalScrollBar(), moved.y())
            ):  # fmt: skip
                bar.setValue(bar.value() + by)
        self._show_chosen()

    # --- Looking ---------------------------------------------------------------------------------

    @property
    def zoom(self) -> float:
        """Pixels on the screen for one of the layout."""
        return self.transform().m11()

    def zoom_by(self, factor: float) -> None:
        """Enlarge or reduce, within reason."""
        self._fresh = False
        wanted = min(max(self.zoom * factor, SMALLEST), LARGEST)
        self.scale(wanted / self.zoom, wanted / self.zoom)

    def fit(self) -> None:
        """Show all of it, not enlarged."""
        self._fresh = False
        self.fitInView(self.sceneRect(), Qt.AspectRatioMode.KeepAspectRatio)
        if self.zoom > 1:
            self.resetTransform()

    def _settle(self) -> None:
        """The beginning of the graph, as wide as it fits and large enough to be read."""
        room = self.viewport().width() / max(self.sceneRect().width(), 1.0)
        scale = min(1.0, max(room, _FIRST))
        self.resetTransform()
        self.scale(scale, scale)
        first = min(self.layout_.boxes.values(), key=lambda place: (place.y, place.x), default=None)
        self.centerOn(first.x + first.width / 2 if first is not None else 0, 0)
        self.verticalScrollBar().setValue(self.verticalScrollBar().minimum())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Until it is touched, a graph is shown from its beginning."""
        super().resizeEvent(event)
        if self._fresh and self._presenter.graph is not None:
            self._settle()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl, zoom at the pointer."""
        self._fresh = False
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(STEP ** (event.angleDelta().y() / 120))
            event.accept()
        else:
            super().wheelEvent(event)

    # --- Walking ---------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows choose a neighbour, Enter folds, +, - and 0 zoom."""
        key = event.key()
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in _WAYS and plain:
            self._presenter.move(_WAYS[key], self.layout_)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            if self._presenter.chosen is not None:
                self._presenter.toggle(self._presenter.chosen)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom_by(1 / STEP)
        elif key == Qt.Key.Key_0 and plain:
            self.fit()
        elif key == Qt.Key.Key_Escape and self._presenter.chosen is not None:
            self._presenter.choose(None)
        else:
            super().keyPressEvent(event)
            return
        self._fresh = False

    def _on_folded(self) -> None:
        self._fresh = False
        self.redraw()

    def _on_chosen_changed(self) -> None:
        self.viewport().update()
        self.setAccessibleDescription(self._presenter.said())
        self._show_chosen()

    def _show_chosen(self) -> None:
        place = self._place(self._presenter.chosen)
        if place is not None:
            room = self.viewport().size() / max(self.zoom, SMALLEST)
            place.setHeight(min(place.height(), room.height() - 2 * _EDGE))
            place.setWidth(min(place.width(), room.width() - 2 * _EDGE))
            self.ensureVisible(place, int(_EDGE), int(_EDGE))

    def _place(self, box: Box | None) -> QRectF | None:
        if box is None:
            return None
        rect = self.layout_.boxes.get(box)
        if rect is None and box.group is not None:
            rect = self.layout_.frames.get(box.group)
        return QRectF(rect.x, rect.y, rect.width, rect.height) if rect is not None else None

    def _chosen_on_screen(self) -> QPoint | None:
        place = self._place(self._presenter.chosen)
        return self.mapFromScene(place.center().x(), place.top()) if place is not None else None

    def _on_theme_changed(self) -> None:
        self.setBackgroundBrush(QColor(self._theme.colors.surface))
        self.viewport().update()
