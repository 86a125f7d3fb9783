"""Which fields take the name of a column, and which columns the chosen file has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.datasets.base import Dataset
from engine.problems import ProblemError
from gui.presenters import declared

_SECTION = "dataset"


def takes(data: Mapping[str, Any], path: str) -> bool:
    """Whether the option at `path` holds a name of a column, or a list of them."""
    section, _, name = path.partition(".")
    cls = declared.component_at(data, _SECTION)
    return section == _SECTION and name in getattr(cls, "names_columns", ())


def names(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns of the chosen file, whatever else is wrong with the options that name them; ()
    when it cannot be read. A file that has not changed is not read again."""
    cls = declared.component_at(data, _SECTION)
    if cls is None or not issubclass(cls, Dataset) or not cls.names_columns:
        return ()
    given = {k: value for k, value in data[_SECTION].items() if k not in cls.names_columns}
    try:
        return cls.model_validate(given).column_names()
    except (ValueError, ProblemError):
        return ()
