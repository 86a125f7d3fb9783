"""The benchmark of picture folders runs and reports; what it measures is not asserted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import images
from engine import paths


def test_a_few_pictures_of_two_folders_with_one_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    samples = paths.bundled("resources") / "samples" / "textures"
    folders = [tmp_path / one / "train" for one in ("a", "b")]
    for folder in folders:
        for picture in sorted(samples.rglob("*.jpg"))[::10]:
            copy = folder / picture.parent.name / picture.name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(picture.read_bytes())
    given = ["--pictures", "10", "--repeats", "1", "--size", "16", "--results", str(tmp_path)]
    assert images.main([*given, *map(str, folders)]) == 0
    assert "| second epoch |" in capsys.readouterr().out
    data = json.loads((tmp_path / "images.json").read_text())
    assert set(data["seconds"]) == {"a-train", "b-train"}
    measured = data["seconds"]["b-train"]
    assert set(measured) == {images.OURS, images.THEIRS}
    assert all(spread["median"] > 0 for spread in measured[images.OURS].values())
