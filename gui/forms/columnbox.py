"""The entries of columns: typed, or chosen among those of the file, one or several."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QStringListModel, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCompleter, QLineEdit, QToolTip, QWidget

from gui.forms.entries import ListBox, TextBox
from gui.forms.filtering import dress
from gui.forms.numbers import Typed
from gui.theme import Theme

Names = Callable[[], Sequence[str]]
_TIP, _NONE = "Columns of the file", "No file with columns is chosen"


class _Offers(QCompleter):
    """Completes the last of several names, which commas stand between."""

    def __init__(self, line: QLineEdit, names: Names, several: bool) -> None:
        super().__init__(line)
        self._line, self._names, self._several = line, names, several
        self._known = QStringListModel(self)
        self.setModel(self._known)
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        dress(self)

    def renew(self) -> int:
        """Offer the columns that are there now and not named yet; how many there are."""
        named = {part.strip() for part in self._line.text().split(",")[:-1]}
        offered = [name for name in self._names() if not (self._several and name in named)]
        if offered != self._known.stringList():
            self._known.setStringList(offered)
        return len(offered)

    def splitPath(self, path: str) -> list[str]:
        """Only what is being typed is looked for (Qt override)."""
        return [path.rpartition(",")[2].strip() if self._several else path]

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        """What stands before it is kept (Qt override)."""
        name = str(index.data())
        before = self._line.text().rpartition(",")[0] if self._several else ""
        return f"{before}, {name}" if before else name


class _Chevron(QAction):
    """Follows the theme as long as its entry lives."""

    def __init__(self, theme: Theme, line: QLineEdit) -> None:
        super().__init__(line)
        self._theme = theme
        self.setToolTip(_TIP)
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        self.setIcon(self._theme.icon("chevron-down", "secondary"))


class ColumnBox(TextBox):
    """The name of one column. Any other may be typed: what is wrong is said beside the field."""

    def __init__(
        self, theme: Theme, names: Names, empty: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(empty, parent)
        _offer(self, theme, names, several=False)

    def begin_another(self) -> None:
        """Room for a name to come: that of before gives way to the one that is chosen."""

    def take(self, text: str) -> None:
        """A column was chosen."""
        self.setText(text)
        self.edited.emit(text)
        self.left.emit()


class ColumnsBox(ListBox):
    """Several columns, written as `size, price`; names may have spaces."""

    def __init__(
        self, theme: Theme, names: Names, empty: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__("text_list", empty, parent)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft)
        _offer(self, theme, names, several=True)

    def begin_another(self) -> None:
        """A comma after the names that are there."""
        given = self.text().strip().rstrip(",")
        self.setText(f"{given}, " if given else "")

    def take(self, text: str) -> None:
        """A column was chosen to stand behind the others."""
        self.setText(text)
        self.edited.emit(self._parsed(text))
        self.left.emit()

    def _parsed(self, text: str) -> list[Typed]:
        inner = text.strip().removeprefix("[").removesuffix("]")
        return [part.strip() for part in inner.split(",") if part.strip()]


def _offer(line: ColumnBox | ColumnsBox, theme: Theme, names: Names, several: bool) -> None:
    """Complete what is typed, and show all columns at the press of a chevron."""
    offers = _Offers(line, names, several)
    line.setCompleter(offers)
    line.textEdited.connect(lambda _text: offers.renew())
    offers.activated.connect(line.take)
    every = _Chevron(theme, line)
    line.addAction(every, QLineEdit.ActionPosition.TrailingPosition)
    every.triggered.connect(lambda: _show_all(line, offers))


def _show_all(line: ColumnBox | ColumnsBox, offers: _Offers) -> None:
    line.begin_another()
    line.setFocus()
    if not offers.renew():
        QToolTip.showText(line.mapToGlobal(line.rect().bottomLeft()), _NONE, line)
        return
    offers.setWidget(line)
    offers.setCompletionPrefix("")
    offers.complete()
