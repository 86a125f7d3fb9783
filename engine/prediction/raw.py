"""Files and texts as the raw inputs of a model, prepared as its training data were."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine.facts import Facts
from engine.problems import Problem, ProblemError
from engine.wording import counted

if TYPE_CHECKING:
    from torch import Tensor

INPUT = "input"
MOST = 100_000
"""Samples that are taken at once."""
MOST_BYTES = 2_000_000_000
"""What pictures of them may take in memory."""
MOST_CHARACTERS = 50_000_000
"""Of a file of texts."""


@dataclass(frozen=True, eq=False)
class RawInputs:
    """Samples (N, *shape) before the model's own normalisation, and what each is called.

    `lengths` are the tokens of texts that are to be gone on with; what follows them is no text.
    `times` are those of the steps that are forecast, of each sample; empty where none are known.
    """

    names: tuple[str, ...]
    inputs: Tensor
    lengths: tuple[int, ...] = ()
    times: tuple[tuple[str, ...], ...] = ()


def raw_inputs(facts: Facts, given: Sequence[str]) -> RawInputs:
    """What is given, as a model of these facts takes it.

    Pictures: files, or folders of them. Tables: files, every row a sample. Texts: the texts
    themselves, or files with one a line. Series: files, whose last rows are gone on from.
    Raises ProblemError when something cannot be read, or the model's data came from no file.
    """
    if not facts.encoding:
        sentence = "This model was trained on data that did not come from files of yours"
        hint = "give it arrays from Python: engine.exporters.safetensors.load(...)"
        raise ProblemError(Problem(INPUT, sentence, hint))
    if not given:
        raise ProblemError(Problem(INPUT, "There is nothing to predict", _HINTS[facts.kind]))
    try:
        found = _READERS[facts.kind](facts, given)
    except (KeyError, TypeError, ValueError) as error:  # a file of somebody else's making
        sentence = f"What the model says of its data is damaged: {error}"
        raise ProblemError(Problem("model", sentence, "export the run again")) from None
    if not found.names:
        raise ProblemError(Problem(INPUT, "There is nothing to predict", _HINTS[facts.kind]))
    return found


def _made(names: list[str], values: npt.NDArray[Any], lengths: Sequence[int] = ()) -> RawInputs:
    import torch

    return RawInputs(tuple(names), torch.from_numpy(values), tuple(lengths))


_HINTS = {
    "image": "give picture files, or folders of them",
    "table": "give a table file with the columns of the training",
    "text": "give texts in quotes, or text files with one a line",
    "series": "give a table file with the columns of the training",
}


# --- Pictures ------------------------------------------------------------------------------------


def _pictures(facts: Facts, given: Sequence[str]) -> RawInputs:
    from engine.datasets.image_folder.decoding import NotReadError, Spec, decode

    spec = Spec(**json.loads(facts.encoding))
    if facts.shape != (spec.channels, spec.size, spec.size):
        raise ValueError("its pictures have two sizes")
    files = [file for each in given for file in _picture_files(Path(each))]
    if len(files) * spec.channels * spec.size**2 > MOST_BYTES:
        sentence = f"{len(files):,} pictures are more than are taken at once"
        raise ProblemError(Problem(INPUT, sentence, "give a part of them at a time"))
    values = np.empty((len(files), *facts.shape), np.uint8)
    problems = []
    for index, file in enumerate(files):
        try:
            values[index] = decode(file, spec)
        except NotReadError as error:
            problems.append(Problem(INPUT, f"{file} cannot be read: {error}", "leave it out"))
    if problems:
        raise ProblemError(problems[:20])
    return _made([str(file) for file in files], values)


def _picture_files(path: Path) -> list[Path]:
    from engine.datasets.image_folder.listing import PICTURES

    if not os.path.exists(path):  # False also for a name that is too long
        raise ProblemError(Problem(INPUT, f"There is no file {path}", _HINTS["image"]))
    if not path.is_dir():
        return [path]
    found = sorted(each for each in path.rglob("*")
                   if each.suffix.lower() in PICTURES and each.is_file())  # fmt: skip
    if len(found) > MOST:
        sentence = f"{path} holds more than {MOST:,} pictures"
        raise ProblemError(Problem(INPUT, sentence, "give a part of them at a time"))
    return found


# --- Tables and series ---------------------------------------------------------------------------


def _tables(facts: Facts, given: Sequence[str]) -> RawInputs:
    from engine.datasets.table.rows import encode_rows

    about = json.loads(facts.encoding)
    wanted = {each["column"] for each in (*about["numbers"], *about["categories"])}
    names: list[str] = []
    found: list[list[float]] = []
    for each in given:
        rows = _rows(each, wanted)
        found += encode_rows(about, rows)
        names += [f"{each} row {number}" for number in range(1, len(rows) + 1)]
    return _made(names, np.array(found, np.float32).reshape(len(found), *facts.shape))


def _series(facts: Facts, given: Sequence[str]) -> RawInputs:
    """The last window of each file, with the rows behind it that are known already."""
    from engine.datasets.series.encode import encode_window, rows_in_order, times_ahead

    about = json.loads(facts.encoding)
    window, ahead = int(about["window"]), int(about["horizon"])
    needed = window + (ahead if about["known"] else 0)
    windows, times = [], []
    for each in given:
        rows = rows_in_order(about, _rows(each, _series_columns(about)))
        if len(rows) < needed:
            sentence = f"{each} has {counted(len(rows), 'row')}; the model looks at {needed:,}"
            raise ProblemError(Problem(INPUT, sentence, "give more of the series"))
        _check_step(each, about, rows)
        windows.append(encode_window(about, rows[-needed:]))
        times.append(times_ahead(about, rows[-needed:]))
    found = _made(list(given), np.concatenate(windows))
    return replace(found, times=tuple(times))


def _check_step(path: str, about: dict[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Raise ProblemError when rows are not as far apart as those that were learned from."""
    from engine.datasets.series.encode import uneven_with

    if steps := uneven_with(about, rows):
        given, learned = steps
        sentence = f"{path} has steps of {given}; the model was trained on steps of {learned}"
        hint = "give the series in the same steps, or train with dataset.resample"
        raise ProblemError(Problem(INPUT, sentence, hint))


def _series_columns(about: dict[str, Any]) -> set[str]:
    return {*about["past"], *about["known"], about["time_column"]} - {""}


def _rows(path: str, wanted: set[str]) -> list[dict[str, Any]]:
    """The rows of a table file; ProblemError when columns are missing."""
    from engine.datasets.table.options import Reading
    from engine.datasets.table.reading import read
    from engine.datasets.table.source import find

    try:
        frame = read(find(path), Reading(), least=1).frame
    except ProblemError as error:
        raise ProblemError([Problem(INPUT, p.sentence, p.hint) for p in error.problems]) from None
    missing = sorted(wanted - set(frame.columns))
    if missing:
        sentence = f"{path} lacks the column {missing[0]!r} that the model was trained with"
        raise ProblemError(Problem(INPUT, sentence, "give a table with the same columns"))
    if len(frame) > MOST:
        sentence = f"{path} has more than {MOST:,} rows"
        raise ProblemError(Problem(INPUT, sentence, "give a part of them at a time"))
    rows: list[dict[str, Any]] = frame.to_dict("records")
    return rows


# --- Texts ---------------------------------------------------------------------------------------


def _texts(facts: Facts, given: Sequence[str]) -> RawInputs:
    from engine.datasets.text.encoding import TextEncoder

    names: list[str] = []
    texts: list[str] = []
    for each in given:
        lines = _lines(each)
        names += [each] if lines is None else [f"{each}:{number}" for number, _ in lines]
        texts += [each] if lines is None else [line for _, line in lines]
    encoder = TextEncoder.from_json(facts.encoding)
    if facts.task != "tokens":
        return _made(names, encoder.encode(texts))
    ends = [encoder.ids(text)[-encoder.length :] for text in texts]  # what a text is gone on from
    values = np.zeros((len(texts), encoder.length), np.int32)
    for row, end in zip(values, ends, strict=True):
        row[: len(end)] = end
    return _made(names, values, [len(end) for end in ends])


def _lines(given: str) -> list[tuple[int, str]] | None:
    """The lines of a file that are not empty, with their numbers; None when it is no file."""
    try:
        path = Path(given)
        if not path.is_file():
            return None
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            content = file.read(MOST_CHARACTERS + 1)
    except (OSError, ValueError):  # too long for a path, or a zero byte in it
        return None
    if len(content) > MOST_CHARACTERS:
        sentence = f"{path} has more than {MOST_CHARACTERS:,} characters"
        raise ProblemError(Problem(INPUT, sentence, "give a part of it at a time"))
    return [(n, line) for n, line in enumerate(content.splitlines(), start=1) if line.strip()]


_READERS: dict[str, Callable[[Facts, Sequence[str]], RawInputs]] = {
    "image": _pictures, "table": _tables, "text": _texts, "series": _series,
}  # fmt: skip
