"""What is said of data in a log: a warning where something is left out, else an information."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from engine.datasets.base import Dataset
from engine.datasets.image_folder.notes import Note as FileNote
from engine.datasets.image_folder.notes import lines as file_lines
from engine.datasets.notes import LeftOut
from engine.datasets.series import Series
from engine.datasets.table import TableFile
from engine.datasets.text import TextFile
from engine.datasets.text.notes import Note, lines
from tests.engine.training.helpers import small, train


def table(folder: Path) -> Dataset:
    rows = "".join(f"person{n},{n},{n % 2}\n" for n in range(40))
    (folder / "t.csv").write_text(f"name,a,b\n{rows}")
    return TableFile(path=str(folder / "t.csv"))


def series(folder: Path) -> Dataset:
    rows = "".join(f"2024-01-{n + 1:02},{n},word {n}\n" for n in range(31))
    (folder / "s.csv").write_text(f"day,level,words\n{rows}")
    return Series(path=str(folder / "s.csv"), window=3, horizon=1, calendar="none")


def texts(folder: Path) -> Dataset:
    for kind in ("good", "bad"):
        (folder / "texts" / kind).mkdir(parents=True)
        for number in range(12):
            path = folder / "texts" / kind / f"{number}.txt"
            path.write_text(f"A {kind} text, number {number}")
    (folder / "texts" / "beside.txt").write_text("of no class")
    return TextFile(path=str(folder / "texts"))


@pytest.mark.parametrize("made", [table, series, texts])
def test_what_is_left_out_is_told_from_what_was_assumed(made, tmp_path: Path) -> None:
    notes = made(tmp_path).build(tmp_path).notes
    lost = [note for note in notes if isinstance(note, LeftOut)]
    assert lost
    assert all("eft out" in note or "not used" in note for note in lost)
    assert not any("eft out" in note or "not used" in note for note in notes if note not in lost)
    assert len(lost) < len(notes)


def test_the_log_of_a_run_warns_of_what_is_left_out(tmp_path: Path, caplog) -> None:
    dataset = {"name": "table", "path": table(tmp_path).path}
    recipe = small(dataset=dataset, training={"epochs": 1, "batch_size": 8, "threads": 1})
    with caplog.at_level(logging.INFO, logger="engine"):
        train(recipe, tmp_path / "runs")
    levels = {record.getMessage(): record.levelname for record in caplog.records}
    (left,) = [level for said, level in levels.items() if said.startswith("name: Left out")]
    (taken,) = [level for said, level in levels.items() if "is taken as the target" in said]
    assert (left, taken) == ("WARNING", "INFO")


def test_of_very_many_notes_the_rest_is_counted() -> None:
    found = file_lines(tuple(FileNote(f"{n}.png", "skipped") for n in range(103)))
    assert found[-1] == "and 3 more files"
    assert all(isinstance(line, LeftOut) for line in found)
    found = lines(tuple(Note(f"{n}", "taken") for n in range(101)))
    assert found[-1] == "and 1 more notes"
    assert not any(isinstance(line, LeftOut) for line in found)
    assert lines(()) == ()
