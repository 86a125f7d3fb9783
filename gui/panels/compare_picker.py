"""The list over the plots from which runs are chosen that are to be compared."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.runs.info import RunInfo
from gui import texts
from gui.controls import label
from gui.panels.compare import dot
from gui.presenters import run_texts as say
from gui.presenters.compared import ComparedPresenter
from gui.presenters.library import LibraryPresenter
from gui.presenters.run_order import Order, arrange
from gui.theme import Theme

WIDTH, HEIGHT = 460, 400
MOST = 200
"""Runs in the list: further ones are found by typing, or in the table of all."""

_LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class ComparePicker(QDialog):
    """Stays open while runs are put onto the plots and taken off; Escape closes it."""

    all_asked = Signal()
    """The table of all runs is wished for."""

    def __init__(
        self, window: QWidget, theme: Theme, library: LibraryPresenter, compared: ComparedPresenter
    ) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self.setObjectName("picker")
        self.setAccessibleName("Compare with")
        self._theme, self._library, self._compared = theme, library, compared
        self._field = QLineEdit()
        self._field.setObjectName("picker.field")
        self._field.setPlaceholderText("Compare with: name, dataset, tag…")
        self._field.setAccessibleName("Find runs to compare with")
        self._field.installEventFilter(self)
        self._list = QListWidget()
        self._list.setObjectName("picker.list")
        self._list.setAccessibleName("Runs")
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setUniformItemSizes(True)
        self._message = label("", "secondary")
        self._message.setObjectName("picker.message")
        self._all = QPushButton("All runs…")
        self._all.setProperty("role", "link")
        self._all.setObjectName("picker.all")
        self._build()
        self._connect()
        library.load()
        self._fill()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        for part in (self._field, self._list, self._message):
            column.addWidget(part)
        column.addWidget(self._all, 0, Qt.AlignmentFlag.AlignLeft)
        self.resize(WIDTH, HEIGHT)

    def _connect(self) -> None:
        self._field.textEdited.connect(lambda _text: self._fill())
        self._list.itemClicked.connect(self._toggle)
        self._all.clicked.connect(self._on_all_clicked)
        self._library.changed.connect(self._fill)
        self._compared.changed.connect(self._show_chosen)

    def open_above(self, button: QWidget) -> None:
        """Show with the lower right corner at a button's upper right one."""
        corner = button.mapToGlobal(QPoint(button.width(), -4))
        self.move(corner - QPoint(self.width(), self.height()))
        self.show()
        self._field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move the mark while the text has the focus; Enter puts a run on or off."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _LIST_KEYS:
                self._list.event(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._toggle(self._list.currentItem())
                return True
        return super().eventFilter(watched, event)

    # --- The list -----------------------------------------------------------------------------

    def _fill(self) -> None:
        """The latest runs that the words leave; the marked one stays marked."""
        marked = self._run_of(self._list.currentItem())
        order = Order(text=self._field.text())
        found = [node.run for node in arrange(self._library.runs, order) if node.run is not None]
        self._list.clear()
        for run in found[:MOST]:
            item = QListWidgetItem(_line(run))
            item.setData(Qt.ItemDataRole.UserRole, run)
            item.setToolTip(f"{run.name}\n{say.state_of(run)}")
            self._list.addItem(item)
        keys = [say.key_of(run) for run in found[:MOST]]
        place = keys.index(say.key_of(marked)) if marked and say.key_of(marked) in keys else 0
        self._list.setCurrentRow(place)
        self._show_chosen()
        self._show_message(len(found))

    def _show_chosen(self) -> None:
        """A full dot in its colour before each compared run, a hollow one before the others."""
        for row in range(self._list.count()):
            item = self._list.item(row)
            run = self._run_of(item)
            number = self._compared.color(say.key_of(run)) if run is not None else None
            colors = self._theme.colors
            full = number is not None
            item.setData(
                Qt.ItemDataRole.DecorationRole,
                dot(colors.of_run(number or 0) if full else colors.border, hollow=not full),
            )
            words = "compared" if full else "not compared"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{item.text()}, {words}")

    def _show_message(self, found: int) -> None:
        words = ""
        if not found:
            empty = not self._library.runs
            loading = self._library.status in ("waiting", "loading")
            words = "Looking for runs…" if loading and empty else "No run matches"
            words = "There is no other run yet" if empty and not loading else words
        elif found > MOST:
            words = f"The latest {MOST} of {texts.whole(found)}; type to find others"
        self._message.setText(words)
        self._message.setVisible(bool(words))

    def _toggle(self, item: QListWidgetItem | None) -> None:
        run = self._run_of(item)
        if run is not None:
            self._compared.choose(run, self._compared.color(say.key_of(run)) is None)

    def _on_all_clicked(self) -> None:
        self.close()
        self.all_asked.emit()

    def _run_of(self, item: QListWidgetItem | None) -> RunInfo | None:
        run = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        return run if isinstance(run, RunInfo) else None


def _line(run: RunInfo) -> str:
    parts = (say.title_of(run), say.value_text(run, say.best_of(run)), say.moment_of(run))
    return "   ".join(part for part in parts if part)
