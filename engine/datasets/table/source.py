"""The file of a table: where it is, that it is there, and the limits of what is read."""

from __future__ import annotations

import importlib.util
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.datasets.userpath import SAMPLE
from engine.problems import Problem, ProblemError, closest, suggest

MAX_BYTES = 2**30
MAX_CELLS = 50_000_000
MAX_COLUMNS = 5_000
MAX_LINE = 1_000_000
"""A line of a text file, in characters."""

PATH = "dataset.path"


@dataclass(frozen=True)
class Sample:
    """A table of the package vega-datasets."""

    file: str
    licence: str


SAMPLES = {
    "cars": Sample("cars.json", "none stated (StatLib, 1983)"),
    "seattle_weather": Sample("seattle-weather.csv", "public domain (NOAA)"),
}
_REFUSED = {
    ".xls": ("an old Excel file", "save it as .xlsx"),
    ".ods": ("an OpenDocument file", "save it as .xlsx or .csv"),
    ".zip": ("an archive", "unpack it first"),
    ".gz": ("an archive", "unpack it first"),
}


@dataclass(frozen=True)
class Source:
    """A file as it is now; another size, or other times of its content and its permissions, and
    it is another source."""

    path: Path
    size: int
    changed: tuple[int, int]

    @property
    def suffix(self) -> str:
        """The file's ending in lower case, which decides how it is read."""
        return self.path.suffix.lower()


def find(path: str) -> Source:
    """The file to be read. Raises ProblemError: none chosen, not there, no file, too large."""
    if not path:
        raise ProblemError(not_chosen(SAMPLES))
    if path.startswith(SAMPLE):
        return _looked_at(vega_file(path.removeprefix(SAMPLE), SAMPLES, "table"))
    return _looked_at(Path(path))


def licence(path: str) -> str:
    """What is known of the licence: of a sample table, not of the user's own."""
    return licence_of(path, SAMPLES)


# --- What comes with the program -----------------------------------------------------------------


def licence_of(path: str, samples: Mapping[str, Sample]) -> str:
    """The licence of a sample; "" of the user's own file."""
    sample = samples.get(path.removeprefix(SAMPLE)) if path.startswith(SAMPLE) else None
    return sample.licence if sample else ""


def not_chosen(samples: Iterable[str]) -> Problem:
    """Nothing is wrong yet: there is no path."""
    names = ", ".join(f"{SAMPLE}{name}" for name in samples)
    hint = f"or one of those that come with the program: {names}"
    return Problem(PATH, "Choose a file: CSV, Excel, Parquet or JSON", hint)


def vega_file(name: str, samples: Mapping[str, Sample], what: str) -> Path:
    """Where a sample is. `what` is what samples are called: table or series. Raises ProblemError
    when there is none of the name, or the package is missing."""
    if name not in samples:
        sentence = f"There is no {what} {SAMPLE}{name} in the program"
        raise ProblemError(Problem(PATH, sentence, suggest(name, list(samples))))
    found = importlib.util.find_spec("vega_datasets")  # importing it would import pandas
    if found is None or not found.submodule_search_locations:
        plural = what if what.endswith("s") else f"{what}s"
        sentence = f"The {plural} that come with the program are missing"
        raise ProblemError(Problem(PATH, sentence, "pip install vega-datasets"))
    return Path(found.submodule_search_locations[0]) / "_data" / samples[name].file


# --- The user's own ------------------------------------------------------------------------------


def _looked_at(path: Path) -> Source:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise ProblemError(_absent(path)) from None
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        raise ProblemError(unreadable(path, error)) from None
    if stat.S_ISDIR(status.st_mode):
        hint = "choose the file in it; image_folder takes folders of images"
        raise ProblemError(Problem(PATH, f"{path} is a folder, not a table", hint))
    if not stat.S_ISREG(status.st_mode):
        raise ProblemError(Problem(PATH, f"{path} is not a file", "choose a file"))
    _check(path, status.st_size)
    return Source(path, status.st_size, (status.st_mtime_ns, status.st_ctime_ns))


def _check(path: Path, size: int) -> None:
    if path.suffix.lower() in _REFUSED:
        what, hint = _REFUSED[path.suffix.lower()]
        raise ProblemError(Problem(PATH, f"{path.name} is {what}", hint))
    if size == 0:
        raise ProblemError(Problem(PATH, f"{path.name} is empty", "choose another file"))
    if size > MAX_BYTES:
        sentence = f"{path.name} has {size / 1e9:.1f} GB; a table may have {MAX_BYTES / 1e9:.1f} GB"
        raise ProblemError(Problem(PATH, sentence, "take a part of the rows"))


def _absent(path: Path) -> Problem:
    try:
        beside = [entry.name for entry in path.parent.iterdir() if entry.is_file()]
    except OSError:
        return Problem(PATH, f"There is no file {path}", f"there is no folder {path.parent} either")
    lowered = {name.lower(): name for name in beside}
    near = closest(path.name, lowered)
    return Problem(PATH, f"There is no file {path}", f"did you mean {lowered[near]!r}?" if near
                   else "check the path")  # fmt: skip


def unreadable(path: Path, error: Exception) -> Problem:
    """The problem of a file that the system will not let us read."""
    reason = getattr(error, "strerror", None) or str(error)
    return Problem(PATH, f"{path} cannot be read: {reason}", "check the file and its permissions")


def check_size(path: Path, rows: int, columns: int) -> None:
    """Raise ProblemError when so many rows and columns are more than is taken into memory."""
    if columns > MAX_COLUMNS:
        sentence = f"{path.name} has {columns:,} columns; a table may have {MAX_COLUMNS:,}"
        raise ProblemError(Problem(PATH, sentence, "leave some of them out of the file"))
    if rows * columns > MAX_CELLS:
        sentence = f"{path.name} has more than {MAX_CELLS:,} values, the most that are read"
        raise ProblemError(Problem(PATH, sentence, "take a part of the rows or columns"))
