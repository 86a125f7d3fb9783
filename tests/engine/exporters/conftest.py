"""Fixtures of the export tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.schema import COMPONENTS
from tests.engine.exporters.cases import Case, make_case


@pytest.fixture
def case() -> Case:
    """A small MLP on images, for tests that are not about the architecture."""
    return make_case(COMPONENTS.get("architecture", "mlp")(hidden=(16,)), "image", "classes")  # type: ignore[arg-type, call-arg]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where a test may write one file; the folder is empty."""
    return tmp_path / "exports" / "model.bin"
