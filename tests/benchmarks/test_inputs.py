"""The benchmark of input batches runs and reports; what it measures is not asserted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import inputs


def test_one_turn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert inputs.main(["--repeats", "1", "--results", str(tmp_path)]) == 0
    assert "by hand" in capsys.readouterr().out
    data = json.loads((tmp_path / "inputs.json").read_text())
    assert set(data["seconds"]) == set(inputs.CONTENDERS)
    assert all(spread["median"] > 0 for spread in data["seconds"].values())
