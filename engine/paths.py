"""Where things are: what ships with the program, and the user's own folders."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_ENGINE = Path(__file__).resolve().parent


def bundled(name: str) -> Path:
    """A folder that ships with the program (`presets`, `resources`): in a checkout it stands
    beside the engine, in an installed wheel inside it."""
    beside = _ENGINE.parent / name
    return beside if (_ENGINE.parent / "pyproject.toml").is_file() else _ENGINE / "_bundled" / name


def home() -> Path:
    """The user's own folder of the program; `TRAINBOARD_HOME` overrides it."""
    given = os.environ.get("TRAINBOARD_HOME")
    return Path(given) if given else Path(platformdirs.user_data_dir("trainboard", appauthor=False))


def runs_dir() -> Path:
    """The run library's folder."""
    return home() / "runs"


def data_dir() -> Path:
    """Where downloaded datasets are kept (torchvision's `root`)."""
    return home() / "data"


def user_presets_dir() -> Path:
    """The user's own presets."""
    return home() / "presets"
