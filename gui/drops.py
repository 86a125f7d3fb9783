"""What can be dropped onto the window: a recipe file, a run folder, or data of any kind."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtGui import QDropEvent

from engine.presets import SUFFIXES


def path_of(event: QDropEvent) -> Path | None:
    """The one file or folder that is being dropped, None for anything else."""
    urls = event.mimeData().urls()
    path = Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None
    return path if path is not None and path.exists() else None


def kind_of(path: Path) -> Literal["recipe", "run", "data"]:
    """What a path is opened as."""
    if path.is_file() and path.suffix.lower() in SUFFIXES:
        return "recipe"
    return "run" if (path / "recipe.yaml").is_file() else "data"
