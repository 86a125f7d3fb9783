"""Marks: written, changed one by one, read whatever is there, and never in the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.problems import ProblemError
from engine.runs.marks import FILE, Marks, change_marks, read_marks, write_marks


def test_what_is_given_changes_and_the_rest_stays(tmp_path: Path) -> None:
    assert read_marks(tmp_path) == Marks()
    change_marks(tmp_path, title="  Best\n of all ", tags=["a", "b", "a", " "])
    change_marks(tmp_path, note="first\nsecond", favourite=True)
    change_marks(tmp_path, archived=True, tags=(tag for tag in "c"))
    wanted = Marks("Best of all", ("c",), "first\nsecond", True, True)
    assert read_marks(tmp_path) == wanted
    assert change_marks(tmp_path, favourite=False, title="") == Marks(
        "", ("c",), "first\nsecond", False, True
    )
    assert json.loads((tmp_path / FILE).read_text())["tags"] == ["c"]


def test_nothing_is_written_when_nothing_changes(tmp_path: Path) -> None:
    change_marks(tmp_path, archived=False, tags=[])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    ["", "[", "[]", "[" * 100_000, '{"tags": "abc", "title": 3, "note": null}',
     '{"favourite": "yes", "archived": 1, "tags": [1, null, {}]}'],
)  # fmt: skip
def test_odd_files_are_no_marks(text: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text)
    assert read_marks(tmp_path) == Marks()


def test_what_moves_the_cursor_is_left_out(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(json.dumps({"title": "a\x1b[2Jb\x07", "tags": ["\u202ec\td"]}))
    assert read_marks(tmp_path) == Marks("a[2Jb", ("c d",))
    write_marks(tmp_path, read_marks(tmp_path))
    assert read_marks(tmp_path).title == "a[2Jb"


def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(ProblemError, match="cannot be marked"):
        change_marks(tmp_path, title="x")
