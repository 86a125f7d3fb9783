"""The rows of a table, as the Data panel shows them."""

from __future__ import annotations

import pytest

from engine.facts import Facts
from engine.views import DataView, InFile, Sample
from gui.panels.look.rows import RowsModel


def view() -> DataView:
    """A number, and a category that is a code."""
    facts = Facts("table", (2,), "classes", ("no", "yes"), 3, ("size", "color"), cardinalities=(3,))
    samples = tuple(
        Sample("yes", row=(9.5, code), normalised=(0.5, code),
               in_file=InFile(f"row {place}", cells=(("size", "9.5"), ("color", "red"))))
        for place, code in enumerate((2.0, 0.0, 7.0))
    )  # fmt: skip
    return DataView(facts, samples, {}, {}, (), (), words={"color": ("(rare)", "blue", "red")})


def shown(way: str) -> list[list[object]]:
    model = RowsModel()
    model.show_view(view(), way)
    return [
        [model.data(model.index(row, column)) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


@pytest.mark.parametrize(("way", "size"), [("network", "0.5"), ("raw", "9.5")])
def test_codes_are_shown_with_their_words(qapp: object, way: str, size: str) -> None:
    assert shown(way) == [["yes", size, "2 red"], ["yes", size, "0 (rare)"], ["yes", size, "7"]]


def test_a_file_has_words_alone(qapp: object) -> None:
    assert shown("file")[0] == ["row 0", "9.5", "red"]


def test_a_view_without_samples_shows_nothing(qapp: object) -> None:
    model = RowsModel()
    empty = DataView(view().facts, (), {}, {}, (), (), words=view().words)
    model.show_view(empty)
    assert (model.rowCount(), model.columnCount()) == (0, 1)
