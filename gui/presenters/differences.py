"""What sets the compared runs apart: the options that differ, and the values side by side."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from engine.problems import Problem
from engine.runs.compare import Comparison, Difference, MetricRow, compare
from engine.runs.folder import RunFolder
from gui import texts
from gui.presenters.compared import ComparedPresenter
from gui.presenters.curve_layout import long_name, split_of
from gui.presenters.previews import PreviewWorker
from gui.presenters.run_texts import heads_of, key_of, titles_of

NONE = "–"
"""Stands where a run has no such option, or no such value."""

_SPLITS = {"val": "validation", "test": "test", "train": "training"}


@dataclass(frozen=True)
class Row:
    """One line: what it is of, and the text of each run; a heading has none.

    `best` are the places of the runs whose value is the best of the line.
    """

    label: str
    texts: tuple[str, ...] = ()
    best: frozenset[int] = frozenset()

    @property
    def heading(self) -> bool:
        """Whether it only names what follows."""
        return not self.texts


@dataclass(frozen=True)
class Differences:
    """A table with one column a run."""

    keys: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    heads: tuple[str, ...] = ()
    """The titles, shorter where they are the same but for the moment; none: as the titles."""

    def as_text(self) -> str:
        """Columns of equal width, for a letter or a chat; the best is marked with a star."""
        table = [["", *self.titles], *([row.label, *_marked(row)] for row in self.rows)]
        filled = [line + [""] * (len(table[0]) - len(line)) for line in table]
        widths = [max(map(len, column)) for column in zip(*filled, strict=True)]
        lines = ("  ".join(map(str.ljust, line, widths)) for line in filled)
        return "\n".join(line.rstrip() for line in lines)

    def as_csv(self) -> str:
        """For a spreadsheet: headings left out."""
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["", *self.titles])
        writer.writerows([row.label, *row.texts] for row in self.rows if not row.heading)
        return file.getvalue()


def _marked(row: Row) -> list[str]:
    return [f"{text} *" if at in row.best else text for at, text in enumerate(row.texts)]


def table_of(comparison: Comparison) -> Differences:
    """The engine's comparison in words: recipe, what was measured, where it was made."""
    titles, heads = titles_of(comparison.runs), heads_of(comparison.runs)
    rows = [Row("Recipe" if comparison.recipe else "The recipes are the same")]
    rows += [_option_row(difference) for difference in comparison.recipe]
    if any(comparison.interventions):
        counts = tuple(texts.whole(count) for count in comparison.interventions)
        rows.append(Row("changes while it was trained", counts))
    if comparison.metrics:
        rows += [Row("Measured"), *map(_metric_row, comparison.metrics)]
    if comparison.environment:
        rows += [Row("Made with"), *map(_environment_row, comparison.environment)]
    keys = tuple(key_of(run) for run in comparison.runs)
    told, short = (tuple(names[key] for key in keys) for names in (titles, heads))
    return Differences(keys, told, tuple(rows), short)


def _option_row(difference: Difference) -> Row:
    return Row(texts.place(difference.path), tuple(map(_plain, difference.values)))


def _environment_row(difference: Difference) -> Row:
    words = difference.path.replace(".", " ").replace("_", " ")
    return Row(words, tuple(map(_plain, difference.values)))


def _plain(value: Any) -> str:
    return NONE if value is ... else texts.plain(value)


def _metric_row(row: MetricRow) -> Row:
    best = "best " if row.name.startswith("best_") else ""
    split, base = split_of(row.name.removeprefix("best_"))
    words = f"{best}{_SPLITS.get(split, split)} {_small(long_name(base))}".strip()
    written = (NONE if value is None else texts.metric(base, value) for value in row.values)
    return Row(words, tuple(written), frozenset(row.best))


def _small(name: str) -> str:
    """A name inside a line: `Top-5 accuracy` as `top-5 accuracy`; `R²` and `MAE` as they are."""
    return f"{name[:1].lower()}{name[1:]}" if name[1:2].islower() else name


class DifferencesPresenter(QObject):
    """Compares the chosen runs in the background whenever others are chosen."""

    changed = Signal()

    def __init__(self, worker: PreviewWorker, compared: ComparedPresenter) -> None:
        super().__init__()
        self._worker = worker
        self._compared = compared
        self._asked: object = None
        self.shown: Differences | None = None
        """None while it is being worked out, or with fewer than two runs."""
        self.problem: Problem | None = None
        compared.changed.connect(self.work_out)
        worker.done.connect(self._on_done)
        worker.failed.connect(self._on_failed)

    def work_out(self) -> None:
        """Compare what is chosen now; what is shown stays until that is done."""
        chosen, self.problem = self._compared.chosen, None
        self._asked = object()
        if len(chosen) < 2:
            self.shown = None
            self.changed.emit()
            return
        folders = [RunFolder(run.path) for run in chosen]
        self._worker.request(self._asked, lambda: table_of(compare(folders)))

    def _on_done(self, key: object, shown: Differences) -> None:
        if key is self._asked:
            self.shown = shown
            self.changed.emit()

    def _on_failed(self, key: object, problem: Problem) -> None:
        if key is self._asked:
            self.shown, self.problem = None, problem
            self.changed.emit()
