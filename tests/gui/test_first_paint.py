"""What the window does before it can be seen, and what it leaves for later."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QWidget

from gui.controls import lay_out_anew
from gui.forms.room import FRAME
from gui.theme import Theme
from gui.window import MainWindow

HEAVY = (
    "torch", "torchvision", "torchmetrics", "lightning", "sklearn", "scipy", "pandas", "PIL",
    "onnx", "onnxruntime", "onnxscript", "transformers", "tokenizers", "timm", "hydra",
    "omegaconf", "rich", "faker", "safetensors", "tensorboard", "mlflow", "wandb", "pyqtgraph",
)  # fmt: skip

_START = f"""
import builtins, json, sys
plain = builtins.__import__
from gui import launch
assert launch.missing_library() is None
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QToolButton, QWidget
from gui import desk
from gui.app import application, make_window

class Opened(QObject):
    def __init__(self):
        super().__init__()
        self.names = []

    def eventFilter(self, thing, event):
        if event.type() == QEvent.Type.Show and isinstance(thing, QWidget) and thing.isWindow():
            self.names.append(thing.objectName() or type(thing).__name__)
        return False

desk.Desk.start_threads = lambda self: None
app = application()
opened = Opened()
app.installEventFilter(opened)
window = make_window(app, None)

def tell():
    print(json.dumps({{
        "heavy": [name for name in {HEAVY} if name in sys.modules],
        "import": builtins.__import__ is plain,
        "opened": opened.names,
        "start": window.findChild(QToolButton, "button.start").isEnabled(),
        "epochs": window.findChild(QWidget, "training.epochs").isVisible(),
    }}))
    app.quit()

window.painted.connect(tell)
window.show()
app.exec()
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a program of its own says when its window has been painted."""
    home = str(tmp_path_factory.mktemp("home"))
    done = subprocess.run(
        [sys.executable, "-c", _START], capture_output=True, text=True, check=False,
        env={**os.environ, "TRAINBOARD_HOME": home, "QT_QPA_PLATFORM": "offscreen"},
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_nothing_heavy_is_imported_before_the_first_paint(told: dict[str, object]) -> None:
    assert told["heavy"] == []


def test_imports_are_not_watched(told: dict[str, object]) -> None:
    """Qt's binding would read the source of every module, torch's two thousand among them."""
    assert told["import"] is True


def test_what_is_painted_is_the_form_and_it_can_be_used(told: dict[str, object]) -> None:
    assert told["start"] is True
    assert told["epochs"] is True


def test_no_part_of_the_window_opens_as_a_window_of_its_own(told: dict[str, object]) -> None:
    assert told["opened"] == ["window"]


@pytest.mark.parametrize("editable", [False, True])
def test_the_frame_of_a_choice_is_that_of_the_style_sheet(
    theme: Theme, qtbot, editable: bool
) -> None:
    box = QComboBox()
    qtbot.addWidget(box)
    box.setEditable(editable)
    box.ensurePolished()
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    option.rect = QRect(0, 0, 400, 28)
    part = QStyle.SubControl.SC_ComboBoxEditField
    inner = box.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, box)
    assert 400 - inner.width() == FRAME


def test_the_plots_are_made_when_they_are_wanted(window: MainWindow) -> None:
    page = window._centre.live_page
    page.restore({"smoothing": 0.5})
    assert page.settings() == {"smoothing": 0.5}  # no plots yet, and nothing is lost without
    page.refresh()
    made = []
    page.made.connect(made.append)
    assert window._centre.live.presenter.smoothing == 0.5
    assert page.settings()["smoothing"] == 0.5
    assert made == [window._centre.live]


def test_pages_out_of_sight_ask_for_the_room_that_they_need(window: MainWindow) -> None:
    """Not for what they would need without the style sheet, under which they were not built."""
    pages = [page for page in window.findChildren(QWidget) if page.objectName()]
    before = {page: page.minimumSizeHint().width() for page in pages}
    lay_out_anew(window)
    assert {page: page.minimumSizeHint().width() for page in pages} == before
