"""The Data tab in all its states, on views made by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QTableView, QToolButton, QWidget

from engine.consent import NotAllowed
from engine.hub import NotFetched
from engine.problems import Problem
from engine.views import Received, Token
from gui.presenters.recipe import RecipePresenter
from gui.theme import Theme
from tests.gui.data_views import (
    AUGMENTED,
    EACH_KIND,
    FILE_TABLE,
    IMAGES,
    SERIES,
    SHA,
    TABLE,
    TEXTS,
    many_classes,
)
from tests.gui.fakes import FakePreviews
from tests.gui.panels.data_tab import DataTab


@pytest.fixture
def tab(theme: Theme, recipe: RecipePresenter, previews: FakePreviews, qtbot) -> DataTab:
    made = DataTab(theme, recipe, previews)
    qtbot.addWidget(made.panel)
    made.panel.resize(900, 700)
    made.panel.show()
    qtbot.waitExposed(made.panel)
    yield made
    made.preview.close()


def part(tab: DataTab, name: str, kind: type = QWidget) -> QWidget:
    found = tab.panel.findChild(kind, name)
    assert found is not None, name
    return found


def words(tab: DataTab, name: str) -> str:
    return part(tab, name, QLabel).text()


def click(qtbot, tab: DataTab, name: str) -> None:
    qtbot.mouseClick(part(tab, name), Qt.MouseButton.LeftButton)


def told(tab: DataTab) -> str:
    return " ".join(label.text() for label in tab.panel.findChildren(QLabel) if label.isVisible())


# --- States --------------------------------------------------------------------------------------


def test_says_that_it_loads_and_can_be_cancelled(tab: DataTab, qtbot) -> None:
    assert "Loading" in words(tab, "data.notice.sentence")
    tab.preview.again()
    click(qtbot, tab, "data.notice.cancel")
    assert "cancelled" in words(tab, "data.notice.sentence")
    click(qtbot, tab, "data.notice.button")
    tab.previews.run()
    assert part(tab, "data.samples").isVisible()


def test_a_network_that_is_not_here_can_be_fetched(qtbot, tab: DataTab) -> None:
    missing = NotFetched("dataset.tokenizer", "none of that name", "hf download a/b", "a/b")
    tab.show(missing, check=False)
    assert part(tab, "data.notice.button", QPushButton).text() == "Download"
    with qtbot.waitSignal(tab.panel.network_asked) as asked:
        click(qtbot, tab, "data.notice.button")
    assert asked.args == [missing]


def test_data_that_is_not_here_can_be_fetched(qtbot, tab: DataTab) -> None:
    tab.show(Problem("dataset.download", "Not here: 12 MB", "later"), check=False)
    assert words(tab, "data.notice.sentence") == "Not here: 12 MB"
    assert part(tab, "data.notice.button", QPushButton).text() == "Download"
    with qtbot.waitSignal(tab.panel.download_asked):
        click(qtbot, tab, "data.notice.button")


def test_code_that_may_not_run_can_be_looked_at(qtbot, tab: DataTab) -> None:
    problem = NotAllowed("dataset.path", "mine.py may not run", "add --allow-code", Path("mine.py"))
    tab.show(problem, check=False)
    assert part(tab, "data.notice.button", QPushButton).text() == "Look at the code…"
    assert "--allow-code" not in told(tab)
    with qtbot.waitSignal(tab.panel.code_asked):
        click(qtbot, tab, "data.notice.button")


def test_a_problem_elsewhere_can_be_given_a_button(qtbot, tab: DataTab) -> None:
    tab.show(Problem("dataset.path", "Choose a file"), check=False)
    assert part(tab, "data.notice.button").isHidden()
    pressed: list[bool] = []
    tab.panel.offer("dataset.path", "Choose…", lambda: pressed.append(True))
    tab.show(Problem("dataset.path", "Choose a file"), check=False)
    click(qtbot, tab, "data.notice.button")
    assert pressed == [True]


def test_after_a_failure_data_comes_back(tab: DataTab) -> None:
    tab.show(Problem("dataset", "The file is damaged"), check=False)
    assert words(tab, "data.notice.sentence") == "The file is damaged"
    tab.show(IMAGES)
    assert part(tab, "data.notice").isHidden()


@pytest.mark.parametrize("kind", EACH_KIND)
def test_every_part_of_every_kind_is_drawn_and_named(tab: DataTab, qtbot, kind: str) -> None:
    tab.show(EACH_KIND[kind])
    for button in tab.panel.findChildren(QToolButton):
        if button.objectName().startswith("data.ways.") and button.isVisible():
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
            assert not tab.panel.grab().isNull()
            for widget in tab.panel.findChildren(QWidget):
                if widget.objectName().startswith("data.") and widget.isVisible():
                    assert widget.accessibleName() or widget.objectName() in _CONTAINERS or (
                        isinstance(widget, (QLabel, QPushButton, QToolButton))
                    ), widget.objectName()  # fmt: skip
    assert not tab.panel.grab().isNull()


_CONTAINERS = {
    "data.header", "data.findings", "data.samples", "data.ways", "data.strip", "data.area",
    "data.text.numbers", "data.details",
}  # fmt: skip

# --- Head ----------------------------------------------------------------------------------------


def test_the_head_tells_sizes_values_normalisation_and_licence(tab: DataTab) -> None:
    tab.show(IMAGES)
    assert words(tab, "data.title") == "100 images 2×2, 2 classes"
    said = told(tab)
    assert "train 70, validation 15, test 15; each 1×2×2 uint8, values 0 to 255" in said
    assert "4.88 ± 6.02" in said
    assert "Licence: CC0" in said


def test_the_fingerprint_is_short_and_copied_whole(tab: DataTab, qtbot) -> None:
    tab.show(IMAGES)
    button = part(tab, "data.fingerprint", QPushButton)
    assert SHA[:12] in button.text()
    assert SHA in button.toolTip()
    click(qtbot, tab, "data.fingerprint")
    assert QGuiApplication.clipboard().text() == SHA


def test_details_are_behind_a_fold(tab: DataTab, qtbot) -> None:
    tab.show(IMAGES)
    assert part(tab, "data.details").isHidden()
    click(qtbot, tab, "data.details.fold")
    assert part(tab, "data.details").isVisible()
    assert "uint8: train 70×1×2×2" in told(tab)


# --- Pictures ------------------------------------------------------------------------------------


def test_shows_images_enlarged_without_smoothing(tab: DataTab) -> None:
    tab.show(IMAGES)
    grid = part(tab, "data.images")
    assert "cat, dog" in grid.accessibleName()
    picture = grid.grab().toImage()
    colors = {picture.pixelColor(x, y).name() for x in range(4, 76) for y in range(4, 76)}
    assert colors == {"#ffffff", "#000000"}
    assert picture.pixelColor(6, 6) == QColor("white")
    assert picture.pixelColor(74, 6) == QColor("black")


def test_a_picture_is_seen_large_when_it_is_chosen(tab: DataTab, qtbot) -> None:
    tab.show(IMAGES)
    assert part(tab, "data.strip").isHidden()
    grid = part(tab, "data.images")
    grid.setFocus()
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert part(tab, "data.strip").isVisible()
    assert words(tab, "data.strip.words").startswith("dog, training sample 8")


def test_augmented_copies_stand_beside_the_original(tab: DataTab, qtbot) -> None:
    tab.show(AUGMENTED)
    large = part(tab, "data.large")
    assert large.accessibleName() == "file 80×60, network 4×4, epoch 1, epoch 2"
    assert "cat/0.png" in words(tab, "data.strip.words")
    click(qtbot, tab, "data.others")
    tab.previews.run()
    assert tab.seeds[-1] == 1


def test_the_grid_shows_pictures_as_in_the_file(tab: DataTab, qtbot) -> None:
    tab.show(AUGMENTED)
    grid = part(tab, "data.images")
    middle = (40, 40)
    assert grid.grab().toImage().pixelColor(*middle).value() == 200
    click(qtbot, tab, "data.ways.file")
    assert grid.grab().toImage().pixelColor(*middle).value() == 10


# --- Tables --------------------------------------------------------------------------------------


def cells(tab: DataTab, name: str = "data.rows") -> list[list[str]]:
    model = part(tab, name, QTableView).model()
    rows, columns = range(model.rowCount()), range(model.columnCount())
    head = [model.headerData(c, Qt.Orientation.Horizontal) for c in columns]
    return [head, *([model.index(r, c).data() for c in columns] for r in rows)]


def test_a_table_is_shown_as_rows_before_and_after_preprocessing(tab: DataTab, qtbot) -> None:
    tab.show(TABLE)
    assert cells(tab) == [["progress", "age", "bmi"], ["151", "0.038", "61.7"],
                          ["75", "-0.002", "51.5"]]  # fmt: skip
    click(qtbot, tab, "data.ways.network")
    assert cells(tab)[1] == ["151", "0.8", "1.3"]
    assert part(tab, "data.counts").isHidden() or not part(tab, "data.counts").isVisible()


def test_rows_stand_as_in_the_file_with_gaps_and_columns_that_are_not_used(tab: DataTab) -> None:
    tab.show(FILE_TABLE)
    assert cells(tab) == [["", "age", "name", "sex"], ["row 4", "", "Ada", "f"]]
    model = part(tab, "data.rows", QTableView).model()
    assert "gap" in model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole)


def test_columns_are_told_in_figures(tab: DataTab, qtbot) -> None:
    tab.show(TABLE)
    click(qtbot, tab, "data.ways.columns")
    shown = cells(tab, "data.columns")
    assert shown[1][:8] == ["age", "number", "2", "60", "19", "48.5", "50", "79"]
    assert shown[2][:5] == ["sex", "category", "–", "2", "–"]
    model = part(tab, "data.columns", QTableView).model()
    spoken = [model.index(r, 8).data(Qt.ItemDataRole.AccessibleTextRole) for r in range(2)]
    assert spoken == ["19 to 79, deviation 13.1", "f: 235\nm: 207"]
    picture = part(tab, "data.columns").grab().toImage()
    seen = {picture.pixelColor(picture.width() - 60, y).name() for y in range(picture.height())}
    assert "#0072b2" in seen  # the bars


# --- Texts and series ----------------------------------------------------------------------------


def test_tokens_stand_on_grounds_and_unknown_ones_in_warning(tab: DataTab, theme: Theme) -> None:
    tab.show(TEXTS)
    picture = part(tab, "data.texts").grab().toImage()
    across = range(picture.width())
    seen = {picture.pixelColor(x, y).name() for x in across for y in (4, 18, 19, 20)}
    assert {theme.colors.hover.lower(), theme.colors.warning_surface.lower()} <= seen
    assert theme.colors.warning.lower() in seen


def test_what_the_vocabulary_lacks_is_a_chip_with_a_word(tab: DataTab) -> None:
    tab.show(TEXTS)
    shown = part(tab, "data.texts")
    pieces = [piece for block in shown._blocks for piece in block.pieces]
    assert [piece.text for piece in pieces][:2] == ["hello", "unknown"]
    tip = shown._tip(pieces[1].room.center())
    assert tip == "Token number 1 stands for all that the vocabulary lacks"


def test_what_a_pretrained_network_wants_around_a_text_is_a_quiet_chip(
    tab: DataTab, theme: Theme
) -> None:
    tokens = (Token("[CLS]", 3, special=True), Token("sun", 6), Token("[SEP]", 4, special=True))
    tab.show(replace(TEXTS, samples=(replace(TEXTS.samples[0], tokens=tokens),)))
    shown = part(tab, "data.texts")
    pieces = [piece for block in shown._blocks for piece in block.pieces]
    assert [piece.text for piece in pieces] == ["[CLS]", "sun", "[SEP]"]
    assert shown._tip(pieces[0].room.center()).startswith("[CLS], token number 3: the network")
    assert shown._tip(pieces[1].room.center()) == "“sun” is token number 6"
    picture = shown.grab().toImage()
    edge = round(pieces[0].room.center().x()), round(pieces[0].room.top() + 3)
    near = {picture.pixelColor(edge[0], edge[1] + y).name() for y in (-1, 0, 1)}
    assert theme.colors.secondary.lower() in near
    assert theme.colors.warning.lower() not in near


def test_texts_are_told_in_figures(tab: DataTab, qtbot) -> None:
    tab.show(TEXTS)
    click(qtbot, tab, "data.ways.figures")
    assert "10.0 % of the training texts" in told(tab)
    assert "a 12" in part(tab, "data.frequent").accessibleName()
    assert "unknown 2" in part(tab, "data.frequent").accessibleName()
    picture = part(tab, "data.lengths").grab().toImage()
    limit = round((4 - 1) / (9 - 1) * (picture.width() - 1))
    line = {picture.pixelColor(x, 40).name() for x in range(limit - 2, limit + 3)}
    assert "#d55e00" in line


def test_a_series_is_drawn_whole_with_its_splits_and_windows(tab: DataTab, qtbot) -> None:
    tab.show(SERIES)
    plot = part(tab, "data.series")
    assert "train 12 rows from 2020-01-01 to 2020-01-12" in plot.accessibleName()
    picture = plot.grab().toImage()
    borders = {picture.pixelColor(x, 23).name() for x in range(picture.width())}
    assert {"#0072b2", "#d55e00", "#009e73"} <= borders
    assert part(tab, "data.windows").accessibleName() == "3 windows of temp"
    part(tab, "data.channel", QComboBox).setCurrentIndex(1)
    assert part(tab, "data.windows").accessibleName() == "3 windows of wind"
    assert plot.accessibleName().startswith("wind")
    click(qtbot, tab, "data.ways.columns")
    assert part(tab, "data.series").isHidden()


def test_copies_of_texts_rows_and_windows_are_shown_where_there_are_any(
    tab: DataTab, qtbot
) -> None:
    copy = Received(tokens=(Token("hello", 5),), row=(0.05, 60.0),
                    values=np.full((4, 2), 3, np.float32))  # fmt: skip
    for view in (TEXTS, TABLE, SERIES):
        samples = tuple(replace(sample, augmented=(copy, copy)) for sample in view.samples)
        tab.show(replace(view, samples=samples, augmentation=True, first_epoch=8))
        if view is not SERIES:
            assert not part(tab, "data.others").isVisible()
            before = part(tab, "data.texts").height()
            click(qtbot, tab, "data.ways.augmented")
        assert part(tab, "data.others").isVisible()
        assert not tab.panel.grab().isNull()
        if view is TEXTS:
            assert part(tab, "data.texts").height() > before
        if view is TABLE:
            assert [row[0] for row in cells(tab)[1:4]] == ["151", "epoch 9", "epoch 10"]
            assert cells(tab)[2] == ["epoch 9", "0.05", "60"]
    picture = part(tab, "data.windows").grab().toImage()
    seen = {picture.pixelColor(20, y).name() for y in range(80)}
    assert "#c6cbd3" in seen


# --- Classes -------------------------------------------------------------------------------------


def test_class_counts_are_bars_of_each_split(tab: DataTab) -> None:
    tab.show(IMAGES)
    counts = part(tab, "data.counts")
    assert "cat 50, dog 50" in counts.accessibleName()
    picture = counts.grab().toImage()
    seen = {picture.pixelColor(x, 36).name() for x in range(picture.width())}
    assert {"#0072b2", "#d55e00", "#009e73"} <= seen


def test_of_very_many_classes_the_extremes_are_shown_first(tab: DataTab, qtbot) -> None:
    tab.show(many_classes(5000))
    counts = part(tab, "data.counts")
    assert counts.height() < 600
    said = counts.accessibleName()
    assert "class 4999 5001" in said
    assert "class 0 2" in said
    assert "class 2500 " not in said
    click(qtbot, tab, "data.counts.all")
    assert counts.height() > 5000 * 20
    assert not counts.grab().isNull()


def test_few_classes_are_all_there(tab: DataTab) -> None:
    tab.show(many_classes(24))
    assert not part(tab, "data.counts.all").isVisible()
    assert part(tab, "data.counts").accessibleName().count("class ") == 24
