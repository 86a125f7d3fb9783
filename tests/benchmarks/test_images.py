"""The benchmark of picture folders runs and reports; what it measures is not asserted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import images
from engine import paths


def test_a_few_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    samples = paths.bundled("resources") / "samples" / "textures"
    given = ["--pictures", "10", "--repeats", "1", "--size", "16", "--results", str(tmp_path)]
    assert images.main([*given, str(samples)]) == 0
    assert "| second epoch |" in capsys.readouterr().out
    data = json.loads((tmp_path / "images.json").read_text())
    measured = data["seconds"]["textures"]
    assert set(measured) == {images.OURS, images.THEIRS}
    assert all(spread["median"] > 0 for spread in measured[images.OURS].values())
