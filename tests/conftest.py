"""Fixtures for every test: offscreen Qt, real data where it is there, no stray user folders."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# pydantic before PySide6 (shiboken's import hook), torchvision's mend before lightning.
import pydantic  # noqa: F401
import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _own_user_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch):
    """No test reads or writes the user's runs, presets, data or settings."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("TRAINBOARD_HOME", str(home))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("TRAINBOARD_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder} (set TRAINBOARD_TEST_DATA)")
    return folder
