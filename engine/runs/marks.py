"""What people write on a run, in `marks.json`: title, tags, note, favourite, archived."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.plaintext import one_line, printable
from engine.problems import Problem, ProblemError
from engine.runs.atomic import write_atomically

FILE = "marks.json"


@dataclass(frozen=True)
class Marks:
    """Everything that is written on one run. Nothing of it has an effect on the training."""

    title: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    favourite: bool = False
    archived: bool = False


def read_marks(folder: Path) -> Marks:
    """The marks of a run folder; none when there is nothing readable."""
    try:
        data = json.loads((folder / FILE).read_bytes())
    except (OSError, ValueError, RecursionError):
        return Marks()
    return _marks(data) if isinstance(data, dict) else Marks()


def write_marks(folder: Path, marks: Marks) -> None:
    """Replace the marks of a run folder. Raises ProblemError when it cannot be written."""
    text = json.dumps(asdict(marks), indent=2, ensure_ascii=False)
    try:
        write_atomically(folder / FILE, f"{text}\n".encode())
    except OSError as error:
        sentence = f"The run {folder.name} cannot be marked: {error.strerror or error}"
        hint = "its folder must be writable, and the disk not full"
        raise ProblemError(Problem("run", sentence, hint)) from None


def change_marks(
    folder: Path,
    *,
    title: str | None = None,
    tags: Iterable[str] | None = None,
    note: str | None = None,
    favourite: bool | None = None,
    archived: bool | None = None,
) -> Marks:
    """Change what is given, keep the rest; the new marks. Raises ProblemError."""
    listed = None if tags is None else tuple(tags)
    wanted = {"title": title, "tags": listed, "note": note, "favourite": favourite,
              "archived": archived}  # fmt: skip
    given = {name: value for name, value in wanted.items() if value is not None}
    before = read_marks(folder)
    after = _marks({**asdict(before), **given})
    if after != before:
        write_marks(folder, after)
    return after


def _marks(data: dict[str, Any]) -> Marks:
    """Marks from plain data, whoever wrote it: a title or a tag is one printable line."""
    tags = data.get("tags")
    lines = [one_line(tag) for tag in tags] if isinstance(tags, list | tuple) else []
    return Marks(
        title=one_line(data.get("title", "")),
        tags=tuple(dict.fromkeys(line for line in lines if line)),
        note=printable(data.get("note", "")).strip(),
        favourite=data.get("favourite") is True,
        archived=data.get("archived") is True,
    )
