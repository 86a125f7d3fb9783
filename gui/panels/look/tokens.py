"""Texts with their tokens on alternating quiet grounds, those the vocabulary lacks in warning, and
those that are no part of a text as chips."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.views import DataView, Sample, Token
from gui import texts
from gui.panels.look.painting import CENTRE, LEFT, small_font
from gui.panels.look.ways import AUGMENTED, FILE, NETWORK
from gui.presenters.datafacts import UNKNOWN_WORD, tokens_words
from gui.theme import Theme

_GUTTER = 168
"""Room at the left for the class and how many tokens there are."""
_LINE = 22
_BETWEEN = 12
_MOST_LINES = 5
_SIGNS = str.maketrans({"\n": "↵", "\t": "⇥", "\r": "↵"})
_WORDS_FROM = 1.6
"""Letters a token has in the mean where tokens are more than letters: these stand apart."""
_CHIP = 6.0
"""Room in a chip at each side of its word."""


Spelled = tuple[str, Token | None]
"""The letters of a token; None for what is only a word of the text."""


@dataclass(frozen=True)
class Piece:
    """One token in its place."""

    room: QRectF
    text: str
    token: Token | None


@dataclass(frozen=True)
class Block:
    """One sample: what stands in the gutter, its pieces, and how many of them do not fit."""

    top: float
    height: float
    label: str
    about: str
    pieces: tuple[Piece, ...]
    rest: int = 0


class TokenTexts(QWidget):
    """Some samples below each other, each with a few lines."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("data.texts")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self._samples: tuple[Sample, ...] = ()
        self._length = self._first_epoch = 0
        self._way = NETWORK
        self._blocks: list[Block] = []
        theme.changed.connect(self.update)

    def show_view(self, view: DataView, way: str) -> None:
        """Show the samples as tokens, as the text is in the file, or with augmented copies."""
        self._samples, self._way, self._first_epoch = view.samples, way, view.first_epoch
        self._length = view.text.length if view.text is not None else 0
        kinds = sorted({sample.label for sample in view.samples if sample.label})
        of = f" of {', '.join(kinds)}" if kinds else ""
        self.setAccessibleName(f"{len(view.samples)} training texts{of}")
        self._lay_out()
        self.update()

    # --- Layout ----------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """As high as the texts are."""
        return QSize(400, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines break elsewhere."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._lay_out()

    def _lay_out(self) -> None:
        self._blocks, top = [], 0.0
        metrics = QFontMetricsF(self.font())
        for sample in self._samples:
            about = tokens_words(sample, self._length)
            for label, words, tokens in self._lines(sample, about):
                block = self._block((label, words), tokens, metrics, top)
                self._blocks.append(block)
                top += block.height + _BETWEEN
        self.setFixedHeight(max(1, round(top)))

    def _lines(self, sample: Sample, about: str) -> Iterator[tuple[str, str, list[Spelled]]]:
        """What stands in the gutter and the text of a sample, and of its copies."""
        if self._way == FILE and sample.in_file is not None:
            yield sample.label, about, [(word, None) for word in sample.in_file.text.split()]
            return
        yield sample.label, about, _spelled(sample.tokens)
        for turn, copy in enumerate(sample.augmented if self._way == AUGMENTED else ()):
            epoch = texts.whole(self._first_epoch + turn + 1)
            yield "", f"as in epoch {epoch}", _spelled(copy.tokens)

    def _block(
        self,
        gutter: tuple[str, str],
        tokens: list[Spelled],
        metrics: QFontMetricsF,
        top: float,
    ) -> Block:
        letters = sum(len(text) for text, _ in tokens) / max(1, len(tokens))
        spaces = (3.0, 3.0) if letters >= _WORDS_FROM else (1.0, 0.0)
        if self._way == FILE:
            spaces = (0.0, metrics.horizontalAdvance(" "))
        pieces, height = _flow(tokens, metrics, self.width() - _GUTTER, spaces)
        moved = tuple(replace(p, room=p.room.translated(_GUTTER, top)) for p in pieces)
        lines = sum(bool(words) for words in gutter)
        return Block(top, max(height, lines * _LINE), *gutter, moved, len(tokens) - len(pieces))

    # --- Drawing ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """The samples that are in sight."""
        painter = QPainter(self)
        for block in self._blocks:
            if block.top + block.height < event.rect().top() or block.top > event.rect().bottom():
                continue
            for place, piece in enumerate(block.pieces):
                self._paint_piece(painter, piece, place)
            self._paint_gutter(painter, block)

    def _paint_piece(self, painter: QPainter, piece: Piece, place: int) -> None:
        colors = self._theme.colors
        if _is_chip(piece.token):
            self._paint_chip(painter, piece)
            return
        if piece.token is not None:
            ground = colors.info_surface if place % 2 else colors.hover
            painter.fillRect(piece.room.adjusted(0, 2, 0, -2), QColor(ground))
        painter.setPen(QColor(colors.text))
        painter.drawText(piece.room, CENTRE, piece.text)

    def _paint_chip(self, painter: QPainter, piece: Piece) -> None:
        """No letters of the text, but what the network is told in their place or around them."""
        colors, whole = self._theme.colors, painter.font()
        special = piece.token is not None and piece.token.special
        painter.setPen(QColor(colors.secondary if special else colors.warning))
        painter.setBrush(QColor(colors.hover if special else colors.warning_surface))
        painter.drawRoundedRect(piece.room.adjusted(0.5, 2.5, -0.5, -2.5), 6, 6)
        painter.setFont(small_font(painter))
        painter.drawText(piece.room, CENTRE, piece.text)
        painter.setFont(whole)

    def _paint_gutter(self, painter: QPainter, block: Block) -> None:
        colors, width = self._theme.colors, _GUTTER - 16
        whole = painter.font()
        painter.setPen(QColor(colors.text))
        mode = Qt.TextElideMode.ElideRight
        label = painter.fontMetrics().elidedText(block.label, mode, width)
        painter.drawText(QRectF(0, block.top, width, _LINE), LEFT, label)
        painter.setFont(small_font(painter))
        painter.setPen(QColor(colors.secondary))
        below = block.top + (_LINE if block.label else 0)
        about = painter.fontMetrics().elidedText(block.about, mode, width)
        painter.drawText(QRectF(0, below, width, _LINE), LEFT, about)
        if block.rest and block.pieces:
            last = block.pieces[-1].room
            room = QRectF(last.right() + 6, last.top(), 160, _LINE)
            painter.drawText(room, LEFT, f"and {texts.whole(block.rest)} more")
        painter.setFont(whole)

    def event(self, event: QEvent) -> bool:
        """The tooltip tells the number of a token."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tip(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def _tip(self, point: QPointF) -> str:
        block = next((b for b in self._blocks if b.top <= point.y() <= b.top + b.height), None)
        found = (p for p in (block.pieces if block else ()) if p.room.contains(point))
        token = next((piece.token for piece in found), None)
        if token is None:
            return ""
        if not token.known:
            return f"Token number {token.number} stands for all that the vocabulary lacks"
        if token.special:
            return f"{token.text}, token number {token.number}: the network wants it there"
        return f"“{token.text.translate(_SIGNS)}” is token number {token.number}"


def _spelled(tokens: tuple[Token, ...]) -> list[Spelled]:
    return [(token.text if token.known else UNKNOWN_WORD, token) for token in tokens]


def _is_chip(token: Token | None) -> bool:
    """Whether a token is no letters of the text."""
    return token is not None and (not token.known or token.special)


def _flow(
    tokens: list[Spelled],
    metrics: QFontMetricsF,
    width: float,
    spaces: tuple[float, float],
) -> tuple[list[Piece], float]:
    """Pieces in lines of this width, as many as the lines allow, and how high they are. `spaces`
    are those within a piece at its sides, and between two pieces."""
    padding, gap = spaces
    pieces: list[Piece] = []
    left = top = 0.0
    for place, (text, token) in enumerate(tokens):
        shown = text.translate(_SIGNS)
        chip = _CHIP if _is_chip(token) else 0.0
        wide = min(width, metrics.horizontalAdvance(shown) + 2 * max(padding, chip))
        last_line = top >= (_MOST_LINES - 1) * _LINE
        room_for_rest = 130 if last_line and place < len(tokens) - 1 else 0
        if left and left + wide > width - room_for_rest:
            if last_line:
                break
            left, top = 0.0, top + _LINE
        pieces.append(Piece(QRectF(left, top, wide, _LINE), shown, token))
        left += wide + gap
    return pieces, top + _LINE
