"""TensorBoard's event files, through the readers of its own package; needs no TensorFlow."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.problems import Problem, ProblemError
from engine.runs.imports.curves import Column, Curves, set_epochs

_START = 1
"""`SessionLog.START`: what TensorBoard goes by, too."""


def is_event_file(path: Path) -> bool:
    """By the same sign as TensorBoard's."""
    return "tfevents" in path.name


def check_tensorboard() -> None:
    """Raises ProblemError with the command to type when the package is missing."""
    try:
        importlib.import_module("tensorboard.backend.event_processing.event_file_loader")
    except ImportError:
        hint = "pip install 'trainboard[tensorboard]'"
        raise ProblemError(Problem("import", "tensorboard is not installed", hint)) from None


def read_events(folder: Path, files: Sequence[Path]) -> Curves:
    """All scalars of one run's event files, every point of them. A file that was cut off by a
    crash is read as far as it is whole. Raises ProblemError when there is no scalar."""
    check_tensorboard()
    reader = _Reader()
    for file in files:
        reader.read(file)
    metrics = {tag: column.points(folder) for tag, column in reader.scalars.items() if len(column)}
    if not metrics:
        sentence = f"There are no curves in the event files of {folder}"
        raise ProblemError(Problem("import", sentence, "only scalars can be imported"))
    started = min(reader.started, *(float(points["time"].min()) for points in metrics.values()))
    for points in metrics.values():
        points["time"] -= started
    if len(metrics) > 1 and "epoch" in metrics:
        set_epochs(metrics, metrics.pop("epoch"))
    return Curves("tensorboard", folder, metrics, started)


class _Reader:
    """Collects steps, wall times and values by tag."""

    def __init__(self) -> None:
        self.scalars: dict[str, Column] = {}
        self.started = 0.0
        self._plugins: dict[str, str] = {}

    def read(self, file: Path) -> None:
        from google.protobuf.message import DecodeError
        from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader

        try:
            for event in LegacyEventFileLoader(str(file)).Load():
                self._take(event)
        except (OSError, DecodeError) as error:
            sentence = f"{file} cannot be read: {error}"
            raise ProblemError(Problem("import", sentence, "look whether it is whole")) from None

    def _take(self, event: Any) -> None:
        self.started = self.started or event.wall_time
        if event.HasField("session_log") and event.session_log.status == _START:
            for column in self.scalars.values():  # resumed: these steps were made once more
                column.forget_from(event.step)
        for value in event.summary.value:
            number = self._scalar(value)
            if number is not None:
                column = self.scalars.setdefault(value.tag, Column())
                column.add(event.step, event.wall_time, number)

    def _scalar(self, value: Any) -> float | None:
        """The number of a summary, of the first file format or the second; None for others."""
        kind = value.WhichOneof("value")
        if kind == "simple_value":
            return float(value.simple_value)
        if kind != "tensor":
            return None
        if value.metadata.plugin_data.plugin_name:  # given with a tag's first value only
            self._plugins[value.tag] = value.metadata.plugin_data.plugin_name
        if self._plugins.get(value.tag) != "scalars":
            return None
        from tensorboard.util.tensor_util import make_ndarray

        return float(make_ndarray(value.tensor).item())
