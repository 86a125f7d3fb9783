"""What a single file seems to hold: a table, a series, texts with classes, or a text to go on with.

The components themselves are asked: each reads the file as it would be read in a training.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.datasets.image_folder.listing import FOREIGN, PICTURES
from engine.inspection.proposal import (
    Data,
    Proposal,
    for_corpus,
    for_forecast,
    for_rows,
    for_texts,
    recipe_of,
)
from engine.inspection.reasons import task_reason
from engine.problems import Problem, ProblemError
from engine.wording import counted

PATH = "dataset.path"
TABLES = frozenset([".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".parquet", ".pq", ".json", ".jsonl"])
_OTHER = frozenset(
    [".zip", ".gz", ".tar", ".7z", ".rar", ".xls", ".ods", ".pdf", ".doc", ".docx", ".mp3", ".wav",
     ".mp4", ".pt", ".pth", ".pkl", ".npy", ".npz", ".exe"]
)  # fmt: skip
TARGETS = re.compile(
    r"(?i)(target|label|class|y|outcome|survived|species|quality|diagnosis|churn(ed)?|default(ed)?|"
    r"response|result|price|rating|score|income|charges|medv|(.*[_\W])?(price|value|cost|sales|"
    r"revenue|target|label|class|outcome))"
)
"""What columns to be predicted are called."""
LONG_TEXT = 25
"""Characters from which on the texts of a column are sentences."""
FEW_COLUMNS = 4
_FUNCTION = re.compile(r"(?m)^def [^_\W]")
"""A function that can be called for data."""
SENTENCE = 5
"""Words of the usual text where a file is read as texts for want of anything better."""
EVEN = 0.95
"""The part of rows that must follow each other in even steps for a series to be proposed."""


def file_proposal(path: Path) -> Proposal:
    """The likeliest of what a file may be, the others as alternatives. Raises ProblemError."""
    ending = path.suffix.lower()
    _refuse(path, ending)
    if ending in TABLES:
        return _of_table(path)
    if ending == ".py" and _FUNCTION.search(path.read_text("utf-8", errors="replace")):
        return _own_code(path)
    texts = _texts(path)
    if texts is not None and _has_columns(path):
        return replace(texts, alternatives=(_corpus(path),))
    return _corpus(path)


def _refuse(path: Path, ending: str) -> None:
    if path.stat().st_size == 0:
        raise ProblemError(Problem(PATH, f"{path.name} is empty", "choose another file"))
    if ending in PICTURES or ending in FOREIGN:
        sentence = f"{path.name} is a single picture"
        hint = "choose the folder in which each class has a folder of pictures"
        raise ProblemError(Problem(PATH, sentence, hint))
    with path.open("rb") as file:
        binary = b"\0" in file.read(4096) and ending not in TABLES
    if ending in _OTHER or binary:
        hint = "pictures in folders, texts, and tables (.csv, .xlsx, .parquet, .json) are; "
        hint += "an archive is to be unpacked first"
        raise ProblemError(Problem(PATH, f"{path.name} is of no kind that is known", hint))


def _has_columns(path: Path) -> bool:
    """Whether all of the first lines hold the same number of tabs, as rows of a table do."""
    with path.open("rb") as file:
        lines = [line for line in file.read(50_000).splitlines()[:-1] if line.strip()]
    tabs = {line.count(b"\t") for line in lines}
    return len(lines) > 1 and len(tabs) == 1 and tabs != {0}


def _own_code(path: Path) -> Proposal:
    """A file of Python; nothing of it runs here, so nothing is known of its data."""
    data: Data = {"name": "python", "path": str(path)}
    reasons = (f"{path.name} may hold a function that returns data; it runs when you allow it",)
    recipe = recipe_of(path.stem, data, for_rows(1_000))
    return Proposal("python", recipe, reasons, (_corpus(path),))


# --- Tables --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Columns:
    """The columns of a table by what they hold."""

    rows: int
    kinds: dict[str, str]
    lengths: dict[str, float]
    distinct: dict[str, int]

    def of(self, *kinds: str) -> list[str]:
        return [name for name, kind in self.kinds.items() if kind in kinds]


def _of_table(path: Path) -> Proposal:
    """Series, texts and table in the order in which they fit. Raises ProblemError when it is none
    of them."""
    try:
        columns = _columns_of(path)
    except ProblemError as error:
        return _unreadable(path, error.problems[0])
    table = _table(path, columns)
    texts = _texts(path) if _worded(columns) else None
    series = _series(path, columns)
    ranked = [texts, series, table] if _mostly_text(columns) else [series, table, texts]
    found = [proposal for proposal in ranked if proposal is not None]
    return replace(found[0], alternatives=tuple(found[1:]))


def _unreadable(path: Path, problem: Problem) -> Proposal:
    """A file that is no table as it is: texts may stand in lines that are no rows of one."""
    texts = _texts(path, least=SENTENCE)
    if texts is not None:
        return texts
    data: Data = {"name": "table", "path": str(path)}
    said = f"{path.name} should be a table, which cannot be used as it is: {problem.sentence}"
    return Proposal("table", recipe_of(path.stem, data, for_rows(1_000)), (said,))


def _columns_of(path: Path) -> _Columns:
    from engine.datasets.table import TableFile, table_raw
    from engine.datasets.table.columns import Wish, column_of

    raw = table_raw(TableFile(path=str(path)))
    kinds: dict[str, str] = {}
    lengths: dict[str, float] = {}
    distinct: dict[str, int] = {}
    for name in list(raw.frame.columns)[:500]:
        column = column_of(name, raw.frame[name], Wish(None, raw.decimal))
        kinds[name], distinct[name] = column.kind, column.distinct
        shown = column.labels[:2_000]
        lengths[name] = sum(map(len, shown)) / len(shown) if shown else 0.0
    return _Columns(len(raw.frame), kinds, lengths, distinct)


def _worded(columns: _Columns) -> list[str]:
    """The columns that hold texts of their own in nearly every row."""
    return [
        name
        for name in columns.of("text", "identifier", "category")
        if columns.lengths[name] and columns.distinct[name] > columns.rows / 2
    ]


def _mostly_text(columns: _Columns) -> bool:
    """Whether a table is texts with labels: few columns, and one of sentences, or nothing but
    words."""
    worded = _worded(columns)
    sentences = [name for name in worded if columns.lengths[name] >= LONG_TEXT]
    if not worded or len(columns.kinds) > FEW_COLUMNS:
        return False
    return bool(sentences) or not columns.of("number", "date")


def _table(path: Path, columns: _Columns) -> Proposal:
    from engine.datasets.table import TableFile

    target, why = _target(columns)
    data: Data = {"name": "table", "path": str(path), "target": target}
    reasons = [f"{counted(columns.rows, 'row')} of {counted(len(columns.kinds), 'column')}", why]
    samples = columns.rows
    try:
        facts = TableFile(path=str(path), target=target).facts()
        samples = facts.samples
        reasons.append(task_reason(target, facts.task, len(facts.targets)))
    except ProblemError as error:
        reasons.append(f"it cannot be used as it is: {error.problems[0].sentence}")
    return Proposal("table", recipe_of(path.stem, data, for_rows(samples)), tuple(reasons))


def _target(columns: _Columns) -> tuple[str, str]:
    """A column that is called as targets are, or the last one that can be predicted."""
    fit = columns.of("number", "category") or list(columns.kinds)
    called = [name for name in fit if TARGETS.fullmatch(name.strip())]
    if called:
        return called[0], f"{called[0]!r} is taken as the target, because of its name"
    return fit[-1], f"{fit[-1]!r} is taken as the target, the last column that can be predicted"


# --- Texts ---------------------------------------------------------------------------------------


def _texts(path: Path, least: int = 1) -> Proposal | None:
    """Texts with classes, half of them of `least` words or more; None for none."""
    from engine.datasets.text import TextFile, text_notes, text_statistics

    dataset = TextFile(path=str(path))
    try:
        facts, found = dataset.facts(), text_statistics(dataset)
    except ProblemError:
        return None
    assert found is not None
    if found.lengths.median < least:
        return None
    short = found.lengths.median <= 2
    data: Data = {"name": "text", "path": str(path), **({"tokens": "character"} if short else {})}
    taken = [f"{note.what!r} is {note.sentence}" for note in text_notes(dataset)
             if note.sentence.startswith("taken for")]  # fmt: skip
    classes = counted(len(facts.targets), "class")
    said = f"{counted(facts.samples, 'text')} of {classes}, half of them of "
    reasons = (*taken, f"{said}{counted(found.lengths.median, 'word')} or more")
    return Proposal("text", recipe_of(path.stem, data, for_texts(facts.samples, short)), reasons)


def _corpus(path: Path) -> Proposal:
    data: Data = {"name": "text_corpus", "path": str(path)}
    reasons = (f"{path.name} is a single text: a network can learn to continue it",)
    return Proposal(
        "text_corpus", recipe_of(path.stem, data, for_corpus(path.stat().st_size)), reasons
    )


# --- Series --------------------------------------------------------------------------------------


def _series(path: Path, columns: _Columns) -> Proposal | None:
    """A series, if a column holds times that follow each other in even steps."""
    from engine.datasets.series import Series, series_view

    try:
        view: Any = series_view(Series(path=str(path), window=1, horizon=1))
    except ProblemError:
        return None
    if not view.time_column or view.irregular > (1 - EVEN) * len(view.times):
        return None
    if columns.kinds.get(view.time_column) == "number":
        return None
    window, horizon = _steps(view.season, len(view.times))
    target, why = _told(view)
    data: Data = {"name": "series", "path": str(path), "time_column": view.time_column,
                  "target": [target], "window": window, "horizon": horizon}  # fmt: skip
    reasons = (
        f"{view.time_column!r} holds times, {view.step} apart",
        why,
        f"{window:,} steps are seen and {horizon:,} forecast"
        + (f": a season of {view.season:,} steps was found" if view.season else ""),
    )
    recipe = recipe_of(path.stem, data, for_forecast(len(view.times)))
    return Proposal("series", recipe, reasons)


def _told(view: Any) -> tuple[str, str]:
    called = [name for name in view.columns if TARGETS.fullmatch(name)]
    if called:
        return called[0], f"{called[0]!r} is to be forecast, because of its name"
    name = view.targets[-1]
    only = len(view.columns) == 1
    return name, f"{name!r} is to be forecast, {'the only' if only else 'the last'} measure"


def _steps(season: int | None, rows: int) -> tuple[int, int]:
    """Two seasons or more are seen and one is forecast, as far as the series is long enough."""
    horizon = season if season is not None and 2 <= season <= 24 else 6
    window = horizon * (4 if horizon >= 12 and rows > 1_000 else 2)
    window = max(window, 24)
    room = max(4, rows // 10)
    horizon = max(1, min(horizon, room))
    return max(2, min(window, 2 * room)), horizon
