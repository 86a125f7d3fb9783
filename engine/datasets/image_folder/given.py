"""The paths of pictures and of their table, as options."""

from __future__ import annotations

import os.path
from typing import Annotated

from pydantic import AfterValidator

from engine.datasets.userpath import DataPath
from engine.schema import IsPath

PicturesPath = Annotated[DataPath, IsPath(folder=True)]
"""A folder, empty until one is chosen."""

TablePath = Annotated[str, IsPath(), AfterValidator(os.path.expanduser)]
"""A file, empty for none; a relative path stays so: it is looked for among the pictures first."""
