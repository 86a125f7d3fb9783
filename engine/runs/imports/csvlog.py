"""Lightning's `metrics.csv`: a row for each time something was logged, with gaps."""

from __future__ import annotations

import csv
from pathlib import Path

from engine.problems import Problem, ProblemError
from engine.runs.imports.curves import Column, Curves, set_epochs

_PLACES = ("step", "epoch")


def read_table(path: Path) -> Curves:
    """The curves of a table with a column `step`, or at least `epoch`. It knows no times: all are
    0. Columns without any number are left out. Raises ProblemError."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            names = [name for name in reader.fieldnames or () if name not in _PLACES]
            if not any(place in (reader.fieldnames or ()) for place in _PLACES):
                raise ProblemError(_not_a_table(path))
            columns = _Columns(path, names)
            for row in reader:
                columns.take(row, reader.line_num)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        sentence = f"{path} cannot be read: {error}"
        raise ProblemError(Problem("import", sentence, "give a text file of columns")) from None
    return columns.curves()


class _Columns:
    """Collects the numbers of each column with their steps."""

    def __init__(self, path: Path, names: list[str]) -> None:
        self._path = path
        self._found = {name: Column() for name in names}
        self._epochs = Column()
        self._wrong: dict[str, tuple[int, str]] = {}

    def take(self, row: dict[str, str], line: int) -> None:
        """Add one row; the step of a row without one is its epoch."""
        epoch = self._number(row, "epoch", line)
        step = self._number(row, "step", line)
        place = epoch if step is None else step
        if place is None:
            return
        if epoch is not None:
            self._epochs.add(place, 0.0, epoch)
        for name, column in self._found.items():
            value = self._number(row, name, line)
            if value is not None:
                column.add(place, 0.0, value)

    def _number(self, row: dict[str, str], name: str, line: int) -> float | None:
        text = row.get(name) or ""
        try:
            return float(text) if text.strip() else None
        except ValueError:
            self._wrong.setdefault(name, (line, text))
            return None

    def curves(self) -> Curves:
        """The columns that have numbers. Raises ProblemError when there are none, or when one has
        numbers and something else, too."""
        found = {name: column for name, column in self._found.items() if len(column)}
        for name, (line, text) in self._wrong.items():
            if name in found or name in _PLACES:
                sentence = f"{self._path}, line {line}: {name} is {text[:40]!r}, which is no number"
                raise ProblemError(Problem("import", sentence, "mend or remove the line"))
        if not found:
            sentence = f"There are no numbers in {self._path}"
            raise ProblemError(Problem("import", sentence, "train for at least one logged step"))
        metrics = {name: column.points(self._path) for name, column in found.items()}
        set_epochs(metrics, self._epochs.points(self._path))
        return Curves("csv", self._path, metrics)


def _not_a_table(path: Path) -> Problem:
    sentence = f"{path} is no table of metrics: it has no column named step or epoch"
    return Problem("import", sentence, "give TensorBoard's event files or Lightning's metrics.csv")
