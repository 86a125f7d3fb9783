"""What went wrong in a person's own file, in one sentence with the line; the traceback is kept."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Iterable
from pathlib import Path

from engine import paths
from engine.problems import Problem

LONGEST = 300
"""Characters of an error's own words that are shown."""


def is_own(error: BaseException, files: Iterable[Path]) -> bool:
    """Whether the error came out of one of the files, or of what they called."""
    return own_file(error, files) is not None


def own_file(error: BaseException, files: Iterable[Path]) -> Path | None:
    """The file that an error came out of, the innermost of several."""
    known = {str(path): path for path in files}
    if isinstance(error, SyntaxError) and error.filename in known:
        return known[error.filename]
    frames = traceback.extract_tb(error.__traceback__)
    found = [known[frame.filename] for frame in frames if frame.filename in known]
    return found[-1] if found else None


def sentence(error: BaseException, path: str) -> str:
    """`my.py, line 3: ZeroDivisionError: division by zero`, of the last line in the own file."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == path]
    line = lines[-1] if lines else None
    words = str(error).strip().split("\n")[0]
    if isinstance(error, SyntaxError) and error.filename == path:
        line, words = error.lineno, error.msg
    place = Path(path).name + (f", line {line}" if line else "")
    return f"{place}: {type(error).__name__}" + (f": {words[:LONGEST]}" if words else "")


def missing_module(error: BaseException, path: Path) -> str:
    """What to do about a module that is not found; "" when that is not the reason."""
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return ""
    beside = path.parent / error.name.split(".")[0]
    if beside.is_dir() or beside.with_suffix(".py").is_file():
        return (
            f"{beside.name} lies beside the file, but only the file itself was allowed: put "
            "everything into one file, or install what it needs as a package"
        )
    return f"install {error.name} beside the program"


def keep(details: str) -> Path | None:
    """Put a traceback where a person can find it; None when that is not possible."""
    log = paths.home() / "own-code.log"
    with contextlib.suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(details, encoding="utf-8")
        return log
    return None


def problem(error: BaseException, path: Path, where: str) -> Problem:
    """An error in a person's own file as a problem; its traceback goes to the log."""
    hint = missing_module(error, path) or "mend the file; what was changed is allowed anew"
    if log := keep("".join(traceback.format_exception(error))):
        hint += f"; the traceback is in {log}"
    return Problem(where, sentence(error, str(path)), hint)
