"""The samples of a run, however large their file has become."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.runs import samples
from engine.runs.samples import WrittenSample, append_samples, cut_back, read_samples


def written(count: int) -> list[WrittenSample]:
    return [WrittenSample(n, n, n / 4, f"text {n}") for n in range(count)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    append_samples(tmp_path / "samples.jsonl", written(50))
    return tmp_path / "samples.jsonl"


def test_the_newest_are_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "MOST", 7)
    assert read_samples(file) == written(50)[-7:]


def test_of_a_large_file_the_end_is_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "MOST_BYTES", len(file.read_bytes()) // 2)
    found = read_samples(file)
    assert found == written(50)[-len(found) :]
    assert 20 < len(found) < 30


def test_a_file_that_is_one_line_is_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_bytes(b"x" * 1000)
    monkeypatch.setattr(samples, "MOST_BYTES", 100)
    assert read_samples(file) == []


def test_cutting_back_keeps_what_is_not_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "MOST", 7)
    cut_back(file, lambda sample: sample.batch < 40)
    monkeypatch.undo()
    assert read_samples(file) == written(40)


def test_cutting_back_leaves_long_lines(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line is looked at in pieces; what cannot be a sample stays where it is."""
    monkeypatch.setattr(samples, "_LONGEST", 100)
    file.write_bytes(b"x" * 950 + b"\n" + file.read_bytes() + b"cut off" * 40)
    cut_back(file, lambda sample: sample.batch < 10)
    assert file.read_bytes().startswith(b"x" * 950 + b"\n")
    assert read_samples(file) == written(10)
    cut_back(file, lambda sample: True)
    assert read_samples(file) == written(10)
