"""Saves the live plots as a picture, or all their values as a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.problems import Problem
from engine.runs.metriclog import MetricSource
from gui import texts
from gui.plots.export import Paper, write_png, write_svg
from gui.plots.stack import PlotStack
from gui.presenters.curves_csv import write_csv
from gui.theme import Theme

_PICTURES = {"png": write_png, "svg": write_svg}


class CurveSaver(QObject):
    """Writes one file at a time; a long table in pieces, so that the window stays live."""

    saved = Signal(object)
    """The Path of the file that is in place."""
    failed = Signal(object)
    """A Problem."""
    told = Signal(str, str)
    """(how it goes, "" or "error") for the people."""

    def __init__(self, stack: PlotStack, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.title = ""
        """What stands above the plots in a picture."""
        self._stack = stack
        self._theme = theme
        self._window = parent
        self._path = Path()
        self._pieces: Iterator[float] = iter(())
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._on_next_piece)

    def ask(self, kind: str) -> Path | None:
        """Let the user choose a file; None if there shall be none."""
        title = "Save the values" if kind == "csv" else "Save the plots"
        chosen, _filter = QFileDialog.getSaveFileName(
            self._window, title, f"curves.{kind}", f"{kind.upper()} (*.{kind})"
        )
        if not chosen:
            return None
        path = Path(chosen)
        return path if path.suffix else path.with_suffix(f".{kind}")

    def save(self, kind: str, path: Path, source: MetricSource) -> None:
        """Write a `png`, `svg` or `csv`; `saved` or `failed` tells how it ended."""
        self._timer.stop()
        self._path = path
        if kind in _PICTURES:
            self._pieces = self._picture(kind)
            self._on_next_piece()
        else:
            self._pieces = write_csv(source, path)
            self._timer.start()

    def _picture(self, kind: str) -> Iterator[float]:
        colors = self._theme.colors
        with self._stack.finely():
            paper = Paper(colors.surface, colors.text, self.title)
            _PICTURES[kind](self._stack, self._path, paper)
        yield 1.0

    def _on_next_piece(self) -> None:
        try:
            done = next(self._pieces)
        except OSError as error:
            self._fail(error)
            return
        if done < 1.0:
            self.told.emit(f"saving {texts.percent(done, 0)}", "")
            return
        self._timer.stop()
        self.told.emit(f"saved {self._path.name}", "")
        self.saved.emit(self._path)

    def _fail(self, error: OSError) -> None:
        self._timer.stop()
        sentence = f"The file could not be written: {error.strerror or error}"
        self.told.emit(sentence, "error")
        self.failed.emit(Problem(str(self._path), sentence, "choose another folder or make room"))
