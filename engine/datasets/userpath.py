"""The path of the user's own data, as an option."""

from __future__ import annotations

import os.path
from typing import Annotated

from pydantic import AfterValidator

from engine.schema import IsPath

SAMPLE = "sample:"
"""Opens the name of data that comes with the program, in the place of a path."""


def _absolute(text: str) -> str:
    if not text.strip() or text.startswith(SAMPLE):
        return text.strip()
    return os.path.abspath(os.path.expanduser(text))


DataPath = Annotated[str, IsPath(), AfterValidator(_absolute)]
"""A path, empty until one is chosen. It is made absolute, from the folder in which the program
was started, because the recipe of a run is read again in other folders."""
