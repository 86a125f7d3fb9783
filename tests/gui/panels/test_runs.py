"""The Runs tab as a person uses it: the runs are made up, the disk is played by the test."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QTreeView,
)

from engine.runs.metriclog import MetricLog
from gui.forms.entries import ChoiceBox
from gui.panels.runs import RunsPanel
from gui.panels.runs_menu import RunsMenu
from gui.presenters import compared as compared_module
from gui.presenters import differences as differences_module
from gui.presenters.compared import ComparedPresenter
from gui.presenters.differences import Differences, DifferencesPresenter, Row
from gui.presenters.library import LibraryPresenter
from gui.presenters.run_columns import COLUMNS, PLACES
from gui.presenters.run_details import RunDetails
from tests.gui.run_infos import FakeLibrary, info, many

RUNS = [
    info("wide", title="wide net", started="2026-03-01T10:00:00Z", tags=("paper",)),
    info("small", title="small net", started="2026-03-02T10:00:00Z", dataset="mnist",
         best={"metric": "val_accuracy", "value": 0.9, "step": 10}),
    info("cut", title="cut off", started="2026-03-03T10:00:00Z", state="interrupted",
         position=(7, 112), best=None, last={}),
    info("old", title="old one", started="2026-02-01T10:00:00Z", archived=True),
]  # fmt: skip


class Tab:
    """The panel, the library behind it, and hands."""

    def __init__(self, qtbot, theme, previews, messages, runs) -> None:
        self.qtbot, self.previews = qtbot, previews
        self.disk = FakeLibrary(runs)
        self.busy = False
        self.library = LibraryPresenter(previews, self.disk, messages)
        self.compared = ComparedPresenter(previews, messages)
        self.sheets = (RunDetails(previews), DifferencesPresenter(previews, self.compared))
        self.panel = self.make(theme)

    def make(self, theme):
        panel = RunsPanel(theme, self.library, self.compared, self.sheets, lambda: self.busy)
        panel.resize(940, 640)
        self.qtbot.addWidget(panel)
        return panel

    def show(self):
        with self.qtbot.waitExposed(self.panel):
            self.panel.show()
        self.previews.run()
        return self

    @property
    def view(self):
        return self.panel.findChild(QTreeView, "runs.table")

    def find(self, kind, name):
        found = self.panel.findChild(kind, name)
        assert found is not None, name
        return found

    def column(self, name="name", parent=None):
        """What a column says, from top to bottom."""
        model, place = self.view.model(), PLACES[name]
        above = parent if parent is not None else self.view.rootIndex()
        rows = range(model.rowCount(above))
        return [model.index(row, place, above).data() for row in rows]

    def place(self, row, column="name"):
        return self.view.model().index(row, PLACES[column])

    def click(self, row, column="name", modifier=Qt.KeyboardModifier.NoModifier):
        self.view.scrollTo(self.place(row, column))
        at = self.view.visualRect(self.place(row, column)).center()
        button = Qt.MouseButton.LeftButton
        self.qtbot.mouseClick(self.view.viewport(), button, modifier, at)

    def press(self, key, modifier=Qt.KeyboardModifier.NoModifier):
        self.qtbot.keyClick(self.view, key, modifier)

    def push(self, kind, name):
        self.qtbot.mouseClick(self.find(kind, name), Qt.MouseButton.LeftButton)

    def head(self, column):
        header = self.view.header()
        at = QPoint(header.sectionViewportPosition(PLACES[column]) + 12, header.height() // 2)
        self.qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)

    def type_filter(self, text):
        field = self.find(QLineEdit, "runs.filter")
        field.clear()
        self.qtbot.keyClicks(field, text)
        self.qtbot.waitUntil(lambda: self.panel._order.text == text)

    def words(self, name):
        return self.find(QLabel, name).text()


@pytest.fixture
def make_tab(qtbot, theme, previews, messages, monkeypatch):
    monkeypatch.setattr(compared_module, "read_metrics", lambda _path: MetricLog())
    monkeypatch.setattr(differences_module, "compare", lambda folders: folders)
    monkeypatch.setattr(differences_module, "table_of", side_by_side)
    made = []

    def make(runs=RUNS):
        made.append(Tab(qtbot, theme, previews, messages, runs))
        return made[-1].show()

    yield make
    for tab in made:
        tab.panel.hide()


def side_by_side(folders):
    keys = tuple(str(folder.path) for folder in folders)
    rows = (Row("Recipe"), Row("optimizer", tuple(map(str, range(len(keys))))))
    return Differences(keys, tuple(folder.name for folder in folders), rows)


@pytest.fixture
def tab(make_tab):
    return make_tab()


# --- Finding ----------------------------------------------------------------------------------


def test_runs_are_listed_the_latest_first_without_those_in_the_archive(tab):
    assert tab.column() == ["cut off", "small net", "wide net"]
    assert tab.column("state") == ["interrupted · epoch 7", "finished", "finished"]
    assert tab.column("best") == ["", "90.0 %", "98.6 %"]
    assert tab.words("runs.count") == "3 runs"


def test_a_click_on_a_heading_sorts_and_another_turns_it_round(tab):
    tab.head("best")
    assert tab.column() == ["wide net", "small net", "cut off"]
    tab.head("best")
    assert tab.column() == ["small net", "wide net", "cut off"]
    tab.head("name")
    assert tab.column() == ["cut off", "small net", "wide net"]
    headings = [tab.view.model().headerData(at, Qt.Orientation.Horizontal) for at in range(14)]
    assert [text for text in headings if text.endswith(("↑", "↓"))] == ["Name ↑"]


def test_typing_filters(tab):
    tab.type_filter("net mnist")
    assert tab.column() == ["small net"]
    assert tab.words("runs.count") == "1 of 3 runs"


def test_what_matches_nothing_is_said_and_can_be_taken_back(tab):
    tab.type_filter("xyz")
    assert tab.words("runs.notice.sentence") == "No run matches “xyz”"
    tab.push(QPushButton, "runs.notice.button")
    tab.qtbot.waitUntil(lambda: len(tab.column()) == 3)


def test_escape_empties_the_filter_and_down_leaves_it(tab):
    tab.type_filter("net")
    field = tab.find(QLineEdit, "runs.filter")
    tab.qtbot.keyClick(field, Qt.Key.Key_Down)
    assert tab.view.currentIndex().row() == 0
    tab.qtbot.keyClick(field, Qt.Key.Key_Escape)
    tab.qtbot.waitUntil(lambda: len(tab.column()) == 3)


def test_a_filter_from_elsewhere_is_shown_as_if_it_had_been_typed(tab):
    tab.panel.show_filtered("interrupted")
    assert tab.find(QLineEdit, "runs.filter").text() == "interrupted"
    assert tab.column() == ["cut off"]


def test_the_archive_is_shown_when_asked_for(tab):
    tab.find(QAction, "runs.archived").trigger()
    assert tab.column()[-1] == "old one"
    assert tab.words("runs.count") == "4 runs"


def test_groups_fold_and_unfold(tab):
    tab.find(ChoiceBox, "runs.group").edited.emit("preset")
    assert tab.column() == ["digits-cnn"]
    heading = tab.view.model().index(0, 0)
    assert not tab.view.isExpanded(heading)
    tab.click(0)
    assert tab.view.isExpanded(tab.view.model().index(0, 0))
    assert len(tab.column(parent=tab.view.model().index(0, 0))) == 3
    tab.library.refresh()
    tab.previews.run()
    assert tab.view.isExpanded(tab.view.model().index(0, 0))


def test_forks_are_shown_below_their_parents(make_tab):
    runs = [*RUNS, info("fork", title="fork", parent="wide", parent_step=600)]
    tab = make_tab(runs)
    tab.find(ChoiceBox, "runs.group").edited.emit("family")
    at = tab.column().index("wide net")
    parent = tab.view.model().index(at, 0)
    assert tab.view.isExpanded(parent)
    assert tab.column(parent=parent) == ["fork"]
    assert tab.column("parent", parent) == ["wide at step 600"]


# --- States -----------------------------------------------------------------------------------


def test_an_empty_library_says_what_it_is_and_how_to_begin(make_tab, qtbot):
    tab = make_tab([])
    assert tab.words("runs.notice.sentence") == "No run yet"
    assert not tab.find(QLineEdit, "runs.filter").isVisible()
    with qtbot.waitSignal(tab.panel.start_asked):
        tab.push(QPushButton, "runs.notice.button")


def test_a_library_that_cannot_be_read_says_so_and_tries_again(make_tab, tmp_path):
    tab = make_tab([])
    tab.disk.runs_dir = tmp_path / "file"
    tab.disk.runs_dir.write_text("")
    tab.library.refresh()
    tab.previews.run()
    assert "cannot be read" in tab.words("runs.notice.sentence")
    tab.disk.runs_dir, tab.disk.runs = tmp_path, RUNS
    tab.push(QPushButton, "runs.notice.button")
    tab.previews.run()
    assert len(tab.column()) == 3


def test_all_in_the_archive_is_not_an_empty_library(make_tab):
    tab = make_tab([RUNS[-1]])
    assert "archive" in tab.words("runs.notice.sentence")
    tab.push(QPushButton, "runs.notice.button")
    assert tab.column() == ["old one"]


def test_nothing_is_read_while_the_tab_is_hidden(tab):
    assert tab.library._timer.isActive()
    tab.panel.hide()
    assert not tab.library._timer.isActive()


# --- Living on --------------------------------------------------------------------------------


def test_newer_values_come_in_place_and_no_row_runs_away(tab):
    tab.head("best")
    tab.click(0)
    tab.disk.change("small", best={"metric": "val_accuracy", "value": 0.999, "step": 20})
    tab.library.refresh()
    tab.previews.run()
    assert tab.column() == ["wide net", "small net", "cut off"]
    assert tab.column("best")[1] == "99.9 %"
    assert [run.name for run in tab.view.selection()] == ["wide"]


def test_a_new_run_comes_in_its_place_and_the_selection_stays(tab):
    tab.click(1)
    tab.disk.runs.append(info("new", title="new one", started="2026-04-01T10:00:00Z"))
    tab.library.refresh()
    tab.previews.run()
    assert tab.column()[0] == "new one"
    assert [run.name for run in tab.view.selection()] == ["small"]
    assert tab.view.current().name == "small"


# --- Doing ------------------------------------------------------------------------------------


def test_enter_and_a_double_click_open(tab, qtbot):
    tab.click(1)
    with qtbot.waitSignal(tab.panel.opened) as asked:
        tab.press(Qt.Key.Key_Return)
    assert asked.args[0].name == "small"
    tab.click(2)
    at = tab.view.visualRect(tab.place(2)).center()
    with qtbot.waitSignal(tab.panel.opened) as asked:
        qtbot.mouseDClick(tab.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert asked.args[0].name == "wide"


def test_f2_renames_in_place(tab, qtbot):
    tab.click(1)
    opened = []
    tab.view.opened.connect(opened.append)
    tab.press(Qt.Key.Key_F2)
    editor = tab.view.viewport().findChild(QLineEdit)
    assert editor.text() == "small net"
    editor.selectAll()
    qtbot.keyClicks(editor, "  tiny   net ")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not tab.view.editing)
    assert opened == []
    tab.previews.run()
    assert tab.disk.marks == [("small", {"title": "tiny net"})]
    tab.previews.run()
    assert tab.column()[1] == "tiny net"


def test_a_look_at_the_disk_does_not_end_the_typing(tab, qtbot):
    tab.click(1)
    tab.press(Qt.Key.Key_F2)
    editor = tab.view.viewport().findChild(QLineEdit)
    tab.disk.runs.append(info("new", started="2026-04-01T10:00:00Z"))
    tab.library.refresh()
    tab.previews.run()
    assert editor.isVisible()
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(tab.column()) == 4)
    assert tab.disk.marks == []


def test_the_star_makes_a_favourite(tab):
    tab.click(2, "star")
    assert tab.place(2, "star").data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    tab.previews.run()
    assert tab.disk.marks == [("wide", {"favourite": True})]


def menu_action(tab, name):
    """The entry of the menu of what is selected."""
    at = tab.view.visualRect(tab.place(tab.view.currentIndex().row())).center()
    tab.view.customContextMenuRequested.emit(at)
    menu = tab.panel.findChildren(RunsMenu)[-1]
    action = menu.findChild(QAction, f"runs.{name}")
    return menu, action


def choose(tab, name):
    menu, action = menu_action(tab, name)
    assert action.isEnabled(), action.toolTip()
    action.trigger()
    menu.hide()


@pytest.mark.parametrize(
    ("row", "name", "signal"),
    [(0, "resume", "resume_asked"), (1, "extend", "extend_asked"), (1, "fork", "fork_asked")],
)
def test_the_menu_asks_for_trainings(tab, qtbot, row, name, signal):
    tab.click(row)
    with qtbot.waitSignal(getattr(tab.panel, signal)) as asked:
        choose(tab, name)
    assert asked.args[0].name == ("cut", "small")[row]


def test_what_cannot_be_done_says_why(tab):
    tab.click(1)
    menu, action = menu_action(tab, "resume")
    assert not action.isEnabled()
    assert "has finished" in action.toolTip()
    menu.hide()
    tab.busy = True
    menu, action = menu_action(tab, "extend")
    assert "under way" in action.toolTip()
    menu.hide()


def test_tags_are_typed_in_their_cell(tab, qtbot):
    tab.view.setColumnHidden(PLACES["tags"], True)
    tab.click(1)
    choose(tab, "tags")
    editor = tab.view.viewport().findChild(QLineEdit)
    qtbot.keyClicks(editor, "paper, lr, paper")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not tab.view.editing)
    tab.previews.run()
    assert tab.disk.marks == [("small", {"tags": ("paper", "lr")})]
    assert not tab.view.isColumnHidden(PLACES["tags"])


def test_several_are_archived_at_once(tab):
    tab.click(0)
    tab.click(2, modifier=Qt.KeyboardModifier.ControlModifier)
    choose(tab, "archive")
    assert tab.column() == ["small net"]
    tab.previews.run()
    assert {name for name, _marks in tab.disk.marks} == {"cut", "wide"}


def test_the_path_is_copied(tab):
    tab.click(0)
    tab.press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "/runs/cut"


def test_the_folder_is_shown(tab, monkeypatch):
    shown = []
    monkeypatch.setattr(QDesktopServices, "openUrl", shown.append)
    tab.click(0)
    choose(tab, "reveal")
    assert shown == [QUrl.fromLocalFile("/runs/cut")]


def answer(button):
    def click():
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        assert box.objectName() == "runs.trash"
        next(b for b in box.buttons() if b.text() == button).click()

    QTimer.singleShot(0, click)


def test_delete_asks_once_and_moves_to_the_trash(tab):
    tab.click(1)
    answer("Cancel")
    tab.press(Qt.Key.Key_Delete)
    tab.previews.run()
    assert tab.disk.trashed == []
    answer("Move to the trash")
    tab.press(Qt.Key.Key_Delete)
    tab.previews.run()
    assert tab.disk.trashed == ["small"]
    assert tab.column() == ["cut off", "wide net"]


def test_a_run_in_training_is_not_thrown_away(make_tab):
    tab = make_tab([info("live", state="running")])
    tab.click(0)
    tab.press(Qt.Key.Key_Delete)  # a dialog would wait for ever
    tab.previews.run()
    assert tab.disk.trashed == []


# --- Details ----------------------------------------------------------------------------------


def test_the_selected_run_is_told_below_the_table(tab):
    tab.click(2)
    assert tab.words("runs.details.title") == "wide net"
    assert "0:42" in tab.words("runs.details.about")
    tab.click(0)
    assert tab.words("runs.details.title") == "cut off"


def test_a_note_is_written_when_it_is_left(tab, qtbot):
    tab.click(1)
    note = tab.find(QPlainTextEdit, "runs.note")
    choose(tab, "note")
    qtbot.keyClicks(note, "mind the gap")
    tab.click(0)
    tab.previews.run()
    assert tab.disk.marks == [("small", {"note": "mind the gap"})]
    assert note.toPlainText() == ""


def test_folded_away_the_details_leave_their_line(tab):
    pane = tab.panel._pane
    before = tab.view.height()
    tab.push(QToolButton, "runs.fold")
    tab.qtbot.waitUntil(lambda: tab.view.height() > before)
    assert pane.folded
    tab.push(QToolButton, "runs.fold")
    assert not pane.folded


# --- Comparing --------------------------------------------------------------------------------


def ticked(tab):
    return [run.name for run in tab.compared.chosen]


def test_boxes_choose_what_is_compared(tab):
    tab.click(0, "tick")
    tab.click(2, "tick")
    assert ticked(tab) == ["cut", "wide"]
    tab.click(0, "tick")
    assert ticked(tab) == ["wide"]


def test_space_ticks_everything_that_is_selected(tab):
    tab.click(0)
    tab.click(1, modifier=Qt.KeyboardModifier.ControlModifier)
    tab.press(Qt.Key.Key_Space)
    assert sorted(ticked(tab)) == ["cut", "small"]
    tab.press(Qt.Key.Key_Space)
    assert ticked(tab) == []


def test_two_ticked_runs_show_what_sets_them_apart_and_one_does_not(tab):
    differ = tab.find(QToolButton, "runs.page.differences")
    tab.click(0, "tick")
    assert not differ.isEnabled()
    tab.click(2, "tick")
    tab.previews.run()
    assert differ.isChecked()
    table = tab.panel._compare.model
    heads = [table.headerData(at, Qt.Orientation.Horizontal) for at in range(table.columnCount())]
    assert heads == ["", "cut", "wide"]
    assert [table.index(1, at).data() for at in range(3)] == ["optimizer", "0", "1"]
    tab.click(2, "tick")
    assert tab.find(QToolButton, "runs.page.details").isChecked()


def test_the_differences_can_be_copied(tab):
    tab.click(0, "tick")
    tab.click(2, "tick")
    tab.previews.run()
    tab.find(QAction, "compare.copy.csv").trigger()
    assert QGuiApplication.clipboard().text() == ",cut,wide\noptimizer,0,1\n"
    tab.find(QAction, "compare.copy.text").trigger()
    assert "optimizer" in QGuiApplication.clipboard().text()


def test_untick_all(tab):
    tab.click(0, "tick")
    tab.push(QPushButton, "runs.untick")
    assert ticked(tab) == []
    assert not tab.find(QPushButton, "runs.untick").isVisible()


def test_a_ticked_box_has_the_colour_of_the_curves(tab, theme):
    tab.click(1, "tick")
    image = tab.view.viewport().grab().toImage()
    place = tab.view.visualRect(tab.place(1, "tick")).center() + QPoint(-5, -4)
    assert image.pixelColor(place).name().upper() == theme.colors.of_run(0).upper()


# --- Remembering ------------------------------------------------------------------------------


def test_choices_are_remembered(tab, theme, tmp_path):
    tab.head("best")
    tab.find(ChoiceBox, "runs.group").edited.emit("preset")
    tab.view.header().resizeSection(PLACES["name"], 222)
    tab.view.setColumnHidden(PLACES["note"], True)
    tab.push(QToolButton, "runs.fold")
    again = tab.make(theme)
    again.restore(tab.panel.settings())
    assert again.settings() == tab.panel.settings()
    assert again.view.isColumnHidden(PLACES["note"])
    assert again.view.header().sectionSize(PLACES["name"]) == 222


@pytest.mark.parametrize(
    "nonsense",
    [
        {}, {"order": 3, "widths": [], "hidden": {}, "folded": "yes", "pane": "high"},
        {"order": {"column": "colour", "grouping": "moon", "descending": 4},
         "widths": {"name": "wide", "moon": 3}, "hidden": ["name", "moon"]},
    ],
)  # fmt: skip
def test_nonsense_is_not_taken(tab, theme, nonsense):
    before = tab.panel.settings()
    again = tab.make(theme)
    again.restore(nonsense)
    assert again.settings() == before


# --- Many -------------------------------------------------------------------------------------


def test_ten_thousand_runs_are_shown_sorted_filtered_and_grouped(make_tab):
    tab = make_tab(many(10_000))
    assert tab.view.model().rowCount() == 10_000
    assert tab.words("runs.count") == "10,000 runs"
    tab.head("steps")
    assert tab.column("steps")[:2] == ["9,999 of 1,800", "9,998 of 1,800"] or tab.column("steps")[0]
    tab.type_filter("iris")
    assert tab.view.model().rowCount() == 3333
    tab.type_filter("")
    tab.find(ChoiceBox, "runs.group").edited.emit("preset")
    assert sorted(tab.column()) == ["digits-cnn", "digits-mlp", "iris-mlp"]
    tab.view.verticalScrollBar().setValue(tab.view.verticalScrollBar().maximum())
    tab.view.grab()


def test_every_column_has_a_heading_or_says_what_it_is(tab):
    model = tab.view.model()
    for place, column in enumerate(COLUMNS):
        tip = model.headerData(place, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        assert column.title or tip


def test_what_is_drawn_is_spoken_too(tab):
    tab.click(1, "tick")
    spoken = Qt.ItemDataRole.AccessibleTextRole
    assert tab.place(1, "tick").data(spoken) == "compared"
    assert tab.place(0, "tick").data(spoken) == "not compared"
    assert tab.place(1, "star").data(spoken) == "not favourite"
    assert tab.place(1, "name").data(spoken) == "small net"
