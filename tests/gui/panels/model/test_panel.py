"""The Model tab in all its states, on views and graphs made by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QPlainTextEdit, QTableView

from engine.consent import NotAllowed
from engine.model.figures import Figures, WeightFigures
from engine.model.folding import Box
from engine.model.graph import ROOT, Code, Graph, Group, Node, Weight
from engine.problems import Problem, ProblemError
from engine.views import Layer, ModelView
from gui.panels.model.graphview import GraphView
from gui.panels.model.panel import ModelPanel
from gui.panels.model.tensors import Histogram
from gui.presenters.freezing import FreezePresenter
from gui.presenters.modelgraph import GraphPresenter
from gui.presenters.previews import Preview
from gui.presenters.recipe import RecipePresenter
from gui.presenters.steering import SteeringPresenter
from gui.presenters.training import TrainingPresenter
from gui.theme import Theme
from tests.gui.fakes import FakePreviews, FakeWorker

MODEL = ModelView(
    layers=(Layer("0", "Flatten", (64,), 0, 0), Layer("1", "Linear", (10,), 650, 40, 1280)),
    parameters=650,
    weight_bytes=2600,
    training_bytes=12_000,
    flops=1280,
)


def graph(blocks: int = 3) -> Graph:
    """An input, a block that comes several times, an output."""
    nodes = [Node(0, "input", "input", shapes_out=((2, 4),))]
    for key in range(1, blocks + 1):
        weights = (Weight("weight", (4, 4)),)
        nodes.append(
            Node(key, "Linear", "layer", f"{key}.own", key, ((2, 4),), ((2, 4),), weights, "linear")
        )
    nodes.append(Node(blocks + 1, "output", "output", shapes_in=((2, 4),)))
    groups = {0: Group(0, "Block", "1", ROOT, blocks)}
    groups |= {key: Group(key, "Block", str(key), 0) for key in range(1, blocks + 1)}
    edges = tuple((key, key + 1) for key in range(blocks + 1))
    return Graph(tuple(nodes), edges, groups, {"linear": Code("def forward(self): ...", "a.py:3")})


FIGURES = WeightFigures(
    "last.ckpt of a-run, step 42",
    {"2.own.weight": Figures((4, 4), 0.5, 0.25, -1.5, 2.0, (1, 5, 9, 1))},
    "not in the checkpoint",
)


def _figures(_recipe: object, _progress: object) -> WeightFigures:
    return FIGURES


class Source:
    """What a preview loads: a value, or a problem."""

    value: object = MODEL

    def __call__(self, _recipe: object, _progress: object) -> object:
        if isinstance(self.value, Problem):
            raise ProblemError(self.value)
        return self.value


class Tab:
    """The panel with its previews; what they load is set by the test."""

    def __init__(
        self, theme: Theme, recipe: RecipePresenter, freezing: FreezePresenter,
        previews: FakePreviews,
    ) -> None:  # fmt: skip
        self.previews = previews
        self.sources = {way: Source() for way in ("table", "graph", "loss")}
        self.made: dict[str, Preview] = {
            way: Preview(previews, recipe, ("dataset",), source)
            for way, source in self.sources.items()
        }
        self.made["weights"] = Preview(previews, recipe, ("dataset",), _figures)
        self.graphs = (
            GraphPresenter(self.made["graph"], self.made["weights"]),
            GraphPresenter(self.made["loss"]),
        )
        self.panel = ModelPanel(theme, self.made["table"], freezing, self.graphs)

    def load(self, way: str, value: object) -> None:
        self.sources[way].value = value
        self.made[way].ask_with(self.sources[way])
        self.previews.run()

    def words(self, name: str) -> str:
        return self.panel.findChild(QLabel, name).text()

    def press(self, name: str) -> None:
        self.panel.findChild(QAbstractButton, name).click()

    def view(self) -> GraphView:
        return self.panel.findChild(GraphView, "model.graph.view")


@pytest.fixture
def tab(
    qtbot, theme: Theme, recipe: RecipePresenter, worker: FakeWorker, previews: FakePreviews
) -> Tab:
    training = TrainingPresenter(worker, recipe, Path("/runs"), Path("/data"))
    freezing = FreezePresenter(recipe, SteeringPresenter(training, recipe))
    made = Tab(theme, recipe, freezing, previews)
    qtbot.addWidget(made.panel)
    made.panel.resize(900, 600)
    made.panel.show()
    qtbot.waitExposed(made.panel)
    yield made
    for preview in made.made.values():
        preview.close()


@pytest.fixture
def drawn(tab: Tab) -> Tab:
    """The graph in sight."""
    tab.load("table", MODEL)
    tab.press("model.ways.graph")
    tab.load("graph", graph())
    return tab


# --- The table -----------------------------------------------------------------------------------


def test_the_model_is_a_table_of_layers(tab: Tab) -> None:
    tab.load("table", MODEL)
    assert tab.words("model.title") == "650 parameters in 2 layers"
    model = tab.panel.findChild(QTableView, "model.layers").model()
    rows = [[model.index(r, c).data() for c in range(6)] for r in range(2)]
    assert rows == [
        ["0", "Flatten", "64", "—", "—", "—"], ["1", "Linear", "10", "650", "1.3 k", "40 B"]
    ]  # fmt: skip


def test_a_small_network_is_told_in_the_singular_and_with_spaces(tab: Tab) -> None:
    tab.load("table", replace(MODEL, layers=MODEL.layers[1:], flops=2_000))
    assert tab.words("model.title") == "650 parameters in 1 layer"
    assert "2.0 kFLOP and 40 B of activations for one sample." in tab.words("model.costs")
    tab.load("table", replace(MODEL, flops=0))
    assert "0 FLOP and" in tab.words("model.costs")


def test_what_a_narrow_table_leaves_out_is_in_the_tooltips(tab: Tab) -> None:
    tab.load("table", MODEL)
    model = tab.panel.findChild(QTableView, "model.layers").model()
    tips = [model.index(row, 1).data(Qt.ItemDataRole.ToolTipRole) for row in range(2)]
    assert tips == ["", "FLOP 1.3 k, Activations 40 B"]


def test_an_earlier_network_is_named_so_while_the_recipe_has_a_problem(
    tab: Tab, recipe: RecipePresenter
) -> None:
    tab.made["table"].want(True)
    tab.load("table", MODEL)
    assert "before" not in tab.words("model.costs")
    recipe.set("optimizer.lr", -1)
    assert tab.words("model.costs").startswith("The recipe has a problem now")
    recipe.undo()
    assert "before" not in tab.words("model.costs")


def test_own_code_that_waits_is_said_to_be_shown_by_start(tab: Tab) -> None:
    tab.load("table", NotAllowed("architecture.path", "net.py is code", "add --allow-code ab12"))
    assert tab.words("model.notice.hint") == "Start shows it first and asks."


def test_a_layer_can_be_frozen_by_its_check_box(qtbot, tab: Tab, recipe: RecipePresenter) -> None:
    tab.load("table", MODEL)
    table = tab.panel.findChild(QTableView, "model.layers")
    box = table.model().index(1, 7)
    assert table.model().index(0, 7).data(Qt.ItemDataRole.CheckStateRole) is None
    place = table.visualRect(box)
    place.setWidth(32)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place.center())
    assert recipe.get("training.freeze") == ["1"]
    assert box.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    recipe.undo()
    assert box.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked


def test_how_a_file_of_weights_fits_is_told(tab: Tab) -> None:
    said = "Weights from a.pth: 28 of 50 tensors of the backbone (choose another network)."
    tab.load("table", ModelView((), 20, 80, 100, 40, begins=said))
    assert said in tab.words("model.costs")


def test_what_an_architecture_freezes_itself_is_shown_and_not_freed_here(tab: Tab) -> None:
    row = Layer("body", "Linear", (4,), 20, 16, 40, frozen=20, tuned=True)
    tab.load("table", ModelView((row,), 20, 80, 100, 40, frozen=20))
    model = tab.panel.findChild(QTableView, "model.layers").model()
    box = model.index(0, 7)
    assert box.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    assert not model.flags(box) & Qt.ItemFlag.ItemIsUserCheckable
    assert "by the architecture itself" in box.data(Qt.ItemDataRole.ToolTipRole)
    assert "0 parameters learn" in tab.words("model.costs")


def test_what_tuning_freezes_is_freed_by_its_check_box(tab: Tab, recipe: RecipePresenter) -> None:
    recipe.set("architecture", {"name": "torchvision", "tune": "head"})
    rows = tuple(
        Layer(f"backbone.{name}", "Linear", (4,), 20, 16, 40, frozen=20, tuned=True)
        for name in ("one", "other")
    )
    tab.load("table", ModelView(rows, 40, 80, 100, 40, frozen=40))
    model = tab.panel.findChild(QTableView, "model.layers").model()
    box = model.index(0, 7)
    assert "tune becomes all" in box.data(Qt.ItemDataRole.ToolTipRole)
    assert model.setData(box, Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert recipe.get("architecture.tune") == "all"
    assert recipe.get("training.freeze") == ["backbone.other"]
    states = [model.index(r, 7).data(Qt.ItemDataRole.CheckStateRole) for r in range(2)]
    assert states == [Qt.CheckState.Unchecked, Qt.CheckState.Checked]
    recipe.set("architecture.tune", "gradual")
    assert not model.flags(box) & Qt.ItemFlag.ItemIsUserCheckable
    assert "tune=gradual" in box.data(Qt.ItemDataRole.ToolTipRole)


@pytest.mark.parametrize("width", [940, 640])
def test_the_switches_are_in_sight_however_long_the_names(tab: Tab, width: int, wait) -> None:
    tab.panel.resize(width, 600)
    name = "backbone.features.denseblock1.denselayer12.expanding_convolution"
    row = Layer(name, "AdaptiveAvgPool2d", (512, 112, 112), 1_234_567, 10**6, 10**9,
                receptive=(300, 300))  # fmt: skip
    tab.load("table", ModelView((row,), 20, 80, 100, 40, axes=("height", "width"),
                                places=(112, 112), receptive=(112, 112)))  # fmt: skip
    table = tab.panel.findChild(QTableView, "model.layers")
    wait(lambda: table.viewport().width() <= width)
    header = table.horizontalHeader()
    assert header.sectionPosition(7) + header.sectionSize(7) <= table.viewport().width()
    assert table.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole) == name
    assert table.isColumnHidden(5) == table.isColumnHidden(6) == (width == 640)


def test_how_far_a_network_sees_is_told(tab: Tab) -> None:
    row = Layer("0", "Conv2d", (4, 8, 8), 40, 16, 40, receptive=(3, 3))
    tab.load("table", ModelView((row,), 40, 80, 100, 40, axes=("height", "width"),
                                places=(8, 8), receptive=(3, 3)))  # fmt: skip
    table = tab.panel.findChild(QTableView, "model.layers")
    assert table.model().index(0, 6).data() == "3 × 3"
    assert "3 × 3 of 8 × 8 pixels" in tab.words("model.costs")
    tip = Qt.ItemDataRole.ToolTipRole
    assert table.model().index(0, 6).data(tip) is None
    wide = replace(row, receptive=(10, 6))
    tab.load("table", ModelView((wide,), 40, 80, 100, 40, axes=("height", "width"),
                                places=(8, 8), receptive=(10, 8)))  # fmt: skip
    assert table.model().index(0, 6).data() == "8 × 6"
    assert "10 × 6, is larger" in table.model().index(0, 6).data(tip)
    assert "on all 8 × 8 pixels" in tab.words("model.costs")
    text = ModelView((row,), 40, 80, 100, 40, axes=("tokens",), places=(16,), receptive=(400,))
    tab.load("table", text)
    assert "Context: 16 of 16 tokens" in tab.words("model.costs")
    tab.load("table", MODEL)
    assert table.isColumnHidden(6)


def test_a_training_that_will_not_fit_is_warned_of(tab: Tab) -> None:
    tab.load("table", MODEL)
    warning = tab.panel.findChild(QLabel, "model.warning")
    assert not warning.isVisible()
    tab.load("table", ModelView((), 1, 4, 9_000_000, 1, free_bytes=4_000_000, memory="cuda:0"))
    assert warning.isVisible()
    assert "cuda:0 has 4.0 MB free" in warning.text()


def test_a_model_that_cannot_be_built_says_why(tab: Tab) -> None:
    tab.load("table", Problem("architecture", "Too many pools for 8×8", "fewer"))
    assert tab.words("model.notice.sentence") == "Too many pools for 8×8"


# --- The graphs ----------------------------------------------------------------------------------


def test_a_graph_is_loaded_while_it_is_in_sight(tab: Tab) -> None:
    tab.load("table", MODEL)
    assert not tab.made["graph"]._wanted
    tab.press("model.ways.graph")
    assert tab.made["graph"]._wanted
    tab.press("model.ways.loss")
    assert not tab.made["graph"]._wanted
    assert tab.made["loss"]._wanted


def test_a_graph_that_cannot_be_drawn_says_why(tab: Tab) -> None:
    tab.load("table", MODEL)
    tab.press("model.ways.loss")
    tab.load("loss", Problem("architecture", "The graph of this loss is too large", "less"))
    assert tab.words("model.loss.notice.sentence") == "The graph of this loss is too large"
    assert tab.words("model.loss.notice.hint") == "less"
    tab.load("loss", graph())
    assert not tab.panel.findChild(QLabel, "model.loss.notice.sentence").isVisible()


def click(qtbot, tab: Tab, box: Box, corner: bool = False) -> None:
    view = tab.view()
    place = view.layout_.boxes[box]
    x = place.x + place.width - 12 if corner else place.x + 20
    at = view.mapFromScene(x, place.y + (10 if corner else 25))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_a_click_on_a_box_tells_of_it(qtbot, drawn: Tab) -> None:
    assert drawn.words("model.graph.details.heading") == "Choose a box to read about it"
    drawn.press("model.graph.unfold")
    click(qtbot, drawn, Box(node=2))
    assert drawn.graphs[0].chosen == Box(node=2)
    assert drawn.words("model.graph.details.heading") == "Linear"
    code = drawn.panel.findChild(QPlainTextEdit, "model.graph.details.code")
    assert code.toPlainText() == "def forward(self): ..."

    def shown() -> set[str]:
        return {made.text() for made in drawn.panel.findChildren(QLabel) if made.isVisible()}

    qtbot.waitUntil(lambda: {"2.own", "N × 4", "weight", "4 × 4"} <= shown())
    assert "Linear" in drawn.view().accessibleDescription()


def test_the_weights_of_a_box_are_read_when_it_is_chosen(qtbot, drawn: Tab, wait) -> None:
    source = "model.graph.details.tensors.source"
    drawn.press("model.graph.unfold")
    assert not drawn.made["weights"]._wanted
    click(qtbot, drawn, Box(node=2))
    assert drawn.words(source) == "Numbers: being read…"
    wait(lambda: bool(drawn.previews.requests))
    drawn.previews.run()
    assert drawn.words(source) == "Numbers: last.ckpt of a-run, step 42"
    bars = drawn.panel.findChild(Histogram)
    assert bars.accessibleName() == "Histogram of weight: min -1.50, max 2.00"
    bars.grab()
    about = drawn.graphs[0].about()
    assert [tensor.numbers for tensor in about.tensors] == ["mean 0.500, std 0.250"]
    click(qtbot, drawn, Box(node=3))
    assert [t.numbers for t in drawn.graphs[0].about().tensors] == ["not in the checkpoint"]
    drawn.press("model.ways.table")
    assert not drawn.made["weights"]._wanted


def test_a_checkpoint_that_cannot_be_read_says_why(drawn: Tab) -> None:
    def refuse(_recipe: object, _progress: object) -> WeightFigures:
        raise ProblemError(Problem("checkpoint", "last.ckpt is damaged", "use best.ckpt"))

    drawn.graphs[0].choose(Box(node=2))
    drawn.made["weights"].ask_with(refuse)
    drawn.previews.run()
    assert "last.ckpt is damaged" in drawn.graphs[0].about().source


def test_a_group_tells_of_few_tensors_and_counts_many(drawn: Tab) -> None:
    graphs = drawn.graphs[0]
    graphs.choose(Box(group=0))
    assert [tensor.name for tensor in graphs.about().tensors] == [
        "1.own.weight", "2.own.weight", "3.own.weight",
    ]  # fmt: skip
    drawn.load("graph", graph(20))
    graphs.choose(Box(group=0))
    assert graphs.about().tensors == ()
    assert ("Tensors", "20: unfold it to read about each") in graphs.about().facts


def test_a_graph_without_groups_says_nothing_of_unfolding(drawn: Tab) -> None:
    assert "Enter unfolds" in drawn.words("model.graph.help")
    flat = Graph((Node(0, "input", "input"), Node(1, "loss", "output")), ((0, 1),))
    drawn.load("loss", flat)
    assert drawn.words("model.loss.help") == "Arrows walk, Ctrl and the wheel zoom"


def test_the_sign_of_a_repeated_block_unfolds_it(qtbot, drawn: Tab) -> None:
    assert set(drawn.view().layout_.boxes) == {Box(node=0), Box(group=0), Box(node=4)}
    click(qtbot, drawn, Box(group=0), corner=True)
    inside = {Box(group=key) for key in (1, 2, 3)}
    assert set(drawn.view().layout_.boxes) == {Box(node=0), *inside, Box(node=4)}
    assert set(drawn.view().layout_.frames) == {0}
    drawn.press("model.graph.fold")
    assert not drawn.view().layout_.frames
    assert not drawn.panel.findChild(QAbstractButton, "model.graph.fold").isEnabled()


@pytest.fixture
def keys(drawn: Tab) -> Callable[..., Box | None]:
    """Press keys in the graph; what is chosen then."""

    def press(*pressed: Qt.Key) -> Box | None:
        for key in pressed:
            QTest.keyClick(drawn.view(), key)
        return drawn.graphs[0].chosen

    return press


def test_the_keyboard_reaches_everything(keys: Callable[..., Box | None], drawn: Tab) -> None:
    key = Qt.Key
    assert keys(key.Key_Down) == Box(node=0)
    assert keys(key.Key_Down) == Box(group=0)
    keys(key.Key_Return)
    assert drawn.graphs[0].folding.unfolded == {0}
    assert keys(key.Key_Up) == Box(node=0)
    assert keys(key.Key_Down, key.Key_Down) == Box(group=2)
    keys(key.Key_Return)
    assert keys(key.Key_Down) == Box(group=3)
    assert keys(key.Key_Down) == Box(node=4)
    assert keys(key.Key_Escape) is None


def test_it_is_zoomed_by_keys_and_buttons(keys: Callable[..., Box | None], drawn: Tab) -> None:
    before = drawn.view().zoom
    keys(Qt.Key.Key_Minus, Qt.Key.Key_Minus)
    smaller = drawn.view().zoom
    assert smaller < before
    drawn.press("model.graph.plus")
    assert drawn.view().zoom > smaller
    for _ in range(40):
        keys(Qt.Key.Key_Plus)
    assert drawn.view().zoom <= 3.0
    keys(Qt.Key.Key_0)
    assert drawn.view().zoom <= 1.0


def test_the_same_graph_loaded_again_stays_as_it_was(drawn: Tab) -> None:
    drawn.press("model.graph.unfold")
    drawn.graphs[0].choose(Box(node=2))
    drawn.load("graph", graph())
    assert drawn.graphs[0].chosen == Box(node=2)
    assert drawn.graphs[0].folding.unfolded
    drawn.load("graph", graph(4))
    assert drawn.graphs[0].chosen is None


def test_another_theme_draws_it_again(drawn: Tab, theme: Theme) -> None:
    light = drawn.view().grab().toImage().pixelColor(5, 5)
    theme.set_mode("dark")
    dark = drawn.view().grab().toImage().pixelColor(5, 5)
    theme.set_mode("light")
    assert light.lightness() > 200 > 80 > dark.lightness()
