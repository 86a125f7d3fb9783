"""The recipe panel: name and notes, one card a section, and what is wrong in one place."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLineEdit, QScrollArea, QVBoxLayout, QWidget

from engine.recipe import SECTIONS, Recipe
from gui import texts
from gui.controls import flat, hairline, never_taller, set_look, show_in_place, tab_stops
from gui.forms.entries import TextBox
from gui.forms.field import Field
from gui.panels.card import SectionCard
from gui.panels.note import Note, link
from gui.presenters import cards, declared
from gui.presenters.consent import ASKS_FIRST, only_asked
from gui.presenters.recipe import RecipePresenter
from gui.theme import Theme

WIDTH = 340
NARROWEST = 312

_AT_END = QLineEdit.ActionPosition.TrailingPosition


class RecipePanel(QWidget):
    """Scrolls by itself; shows what the presenter says and passes on what is typed.

    `above` and `below` stand over and under what scrolls: what the recipe is for just now;
    `edited`, over it too, is about a file that the recipe names.
    """

    def __init__(
        self,
        theme: Theme,
        presenter: RecipePresenter,
        above: QWidget | None = None,
        below: QWidget | None = None,
        edited: QWidget | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("recipe")
        self.setProperty("role", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._presenter = presenter
        self._running = False
        self._bars = (above, edited, below)
        self._problems = Note("note.problems", level="error")
        self._problems.add_line("what")
        show_first = link("Show", "note.show")
        show_first.clicked.connect(self._on_show_first)
        self._problems.add_beside(show_first)
        self._name = self._make_name(theme)
        self._notes = self._make_notes(theme)
        self._cards = {s: SectionCard(theme, presenter, s) for s in SECTIONS}
        self._scroll = QScrollArea()
        self._stops: list[QWidget] = []
        self._rebuilt = True
        self._build()
        presenter.changed.connect(self.refresh)
        presenter.saved.connect(self.refresh)
        self.refresh()

    # --- Making ------------------------------------------------------------------------------

    def _make_name(self, theme: Theme) -> TextBox:
        box = TextBox()
        box.setProperty("role", "name")
        box.setObjectName("name")
        box.setAccessibleName("name of the recipe")
        box.setToolTip("Click to rename")
        pencil = box.addAction(theme.icon("rename", "secondary"), _AT_END)
        pencil.setToolTip("Click to rename")
        pencil.triggered.connect(box.selectAll)
        theme.changed.connect(lambda: pencil.setIcon(theme.icon("rename", "secondary")))
        box.setPlaceholderText("Name of the recipe")
        box.edited.connect(lambda text: self._presenter.set("name", text))
        box.left.connect(self._presenter.finish_edit)
        return box

    def _make_notes(self, theme: Theme) -> Field:
        option = next(o for o in declared.options_of(Recipe) if o.name == "notes")
        return Field(theme, self._presenter, "notes", option)

    def _build(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        flat(column)
        head = QVBoxLayout()
        head.setContentsMargins(9, 4, 16, 8)
        head.setSpacing(4)
        head.addWidget(self._name)
        for card in self._cards.values():
            card.rebuilt.connect(self._on_rebuilt)
            column.addWidget(hairline())
            column.addWidget(card)
        column.insertLayout(0, head)
        column.addWidget(hairline())
        foot = QVBoxLayout()
        foot.setContentsMargins(22, 8, 16, 16)
        foot.addWidget(self._notes)
        column.addLayout(foot)
        column.addStretch(1)
        inner.setMinimumWidth(1)  # never wider than what can be seen, whatever it asks for
        self._scroll.setWidget(inner)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QVBoxLayout(self)
        flat(outer)
        above, edited, below = self._bars
        outer.addWidget(_Bars([above, edited, self._problems], top=True))
        outer.addWidget(self._scroll, 1)
        outer.addWidget(_Bars([below], top=False))
        self.setMinimumWidth(NARROWEST)

    # --- Showing -----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the presenter's state: at every key typed, so only in what it has changed."""
        self._name.show_value(self._presenter.get("name"))
        self._notes.refresh()
        seen = cards.seen(self._presenter)
        for section, card in self._cards.items():
            card.refresh(seen[section])
        facts = self._presenter.facts()
        self._cards["dataset"].set_subtitle(declared.facts_line(facts) if facts else "")
        self._show_problems()
        self._chain()

    def _on_rebuilt(self) -> None:
        self._rebuilt = True

    def _chain(self) -> None:
        """Tab goes from top to bottom, also through fields that were made just now."""
        if not self._rebuilt:
            return
        self._rebuilt = False
        stops = tab_stops(self)
        if stops == self._stops:
            return
        self._stops = stops
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def set_running(self, running: bool) -> None:
        """While a training runs, a problem is not in the way of a start."""
        if running != self._running:
            self._running = running
            self._show_problems()

    def set_subtitle(self, section: str, text: str) -> None:
        """One line below a section's title."""
        self._cards[section].set_subtitle(text)

    def add_button(self, section: str, button: QWidget) -> None:
        """A button in a section's card: a way to choose that a picker is not."""
        self._cards[section].add_button(button)
        self._on_rebuilt()
        self._chain()

    def folded(self) -> list[str]:
        """The sections that are folded, to be remembered."""
        return [section for section, card in self._cards.items() if card.folded]

    def fold(self, sections: list[str]) -> None:
        """Fold these sections and unfold the others."""
        for section, card in self._cards.items():
            card.set_folded(section in sections)

    def places(self) -> dict[str, str]:
        """The path of every option that has a field, and its help."""
        return {field.path: field.help for card in self._cards.values() for field in card.fields()}

    def show_field(self, path: str) -> None:
        """Unfold and scroll to the field at `path`, and give it the focus."""
        card = self._cards.get(path.partition(".")[0].partition("[")[0])
        if card is None:
            self._name.setFocus()
            return
        field = card.reveal(path)
        target: QWidget | None = field.entry if field is not None else card.picker()
        self._scroll.ensureWidgetVisible(field or card)
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_problems(self) -> None:
        count = len(self._presenter.problems)
        self._problems.setVisible(bool(count))
        if count:
            first = self._presenter.problems[0]
            more = f" and {count - 1} more" if count > 1 else ""
            cannot = "Cannot be applied" if self._running else "Cannot start"
            asks = only_asked(self._presenter.problems)
            said = ASKS_FIRST if asks else f"{cannot}: {texts.place(first.path)}{more}"
            set_look(self._problems, "level", "" if asks else "error")
            self._problems.say("what", said)

    def _on_show_first(self) -> None:
        if self._presenter.problems:
            self.show_field(self._presenter.problems[0].path)


class _Bars(QWidget):
    """Bars with the grid's room round them; without any of them, no room is taken."""

    def __init__(self, bars: list[QWidget | None], top: bool) -> None:
        super().__init__()
        self._bars = [bar for bar in bars if bar is not None]
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 0 if top else 8)
        column.setSpacing(8)
        for bar in self._bars:
            column.addWidget(bar)
            bar.installEventFilter(self)
        never_taller(self)
        self._show_any()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Be there as long as one of them is (Qt override)."""
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._show_any()
        return super().eventFilter(watched, event)

    def _show_any(self) -> None:
        show_in_place(self, any(not bar.isHidden() for bar in self._bars))
