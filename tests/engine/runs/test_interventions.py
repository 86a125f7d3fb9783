"""The log of interventions: whole lines, in order, whatever happens while one is written."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

from engine.runs.interventions import (
    FILE,
    Change,
    Intervention,
    add_intervention,
    append_intervention,
    read_interventions,
    write_interventions,
)
from tests.engine.disks import Filler, small_disk


def made(batch: int, *changes: Change) -> Intervention:
    changes = changes or (Change("optimizer.lr", 0.1, 0.05),)
    return Intervention(batch // 2, batch, batch / 10, 1.5, "2026-01-01T10:00:00+00:00", changes)


def test_what_is_appended_is_read_in_order(tmp_path: Path) -> None:
    written = [made(4), made(9, Change("training.freeze", [], ["1", "é"])), made(9)]
    for intervention in written:
        append_intervention(tmp_path, intervention)
    assert read_interventions(tmp_path) == written
    assert len((tmp_path / FILE).read_text().splitlines()) == 3


def test_without_a_log_there_are_none(tmp_path: Path) -> None:
    assert read_interventions(tmp_path) == []
    assert read_interventions(tmp_path / "nowhere") == []


def test_labels_are_short() -> None:
    changes = (
        Change("optimizer.lr", 0.003, 0.001),
        Change("regularization.clip_norm", None, 1.0),
        Change("training.freeze", [], ["1", "2"]),
        Change("training.epochs", 3, 10),
    )
    label = "lr 0.003 → 0.001, clip_norm off → 1, freeze none → 1, 2, epochs 3 → 10"
    assert made(1, *changes).label == label
    assert made(1, *changes).values["training.freeze"] == ["1", "2"]


def test_a_line_that_a_crash_cut_off_is_left_out_and_does_not_spoil_the_next(
    tmp_path: Path,
) -> None:
    append_intervention(tmp_path, made(4))
    with open(tmp_path / FILE, "ab") as file:
        file.write(b'{"step": 3, "batch": 5, "epo')
    assert read_interventions(tmp_path) == [made(4)]
    append_intervention(tmp_path, made(9))
    assert read_interventions(tmp_path) == [made(4), made(9)]


@pytest.mark.parametrize(
    "line",
    [b"", b"[]", b"3", b"{}", b'{"changes": 1}', b"\xff\xfe", b"[" * 100_000,
     b'{"step": Infinity, "batch": 1, "epoch": 0, "seconds": 0, "when": "", "changes": []}',
     b'{"step": "x", "batch": 1, "epoch": 0, "seconds": 0, "when": "", "changes": []}'],
)  # fmt: skip
def test_a_line_that_is_none_is_left_out(tmp_path: Path, line: bytes) -> None:
    append_intervention(tmp_path, made(4))
    with open(tmp_path / FILE, "ab") as file:
        file.write(line + b"\n")
    append_intervention(tmp_path, made(9))
    assert read_interventions(tmp_path) == [made(4), made(9)]


def test_one_before_others_is_put_in_its_place(tmp_path: Path) -> None:
    logged: list[Intervention] = []
    for batch in (4, 12, 8, 12, 4, 20):
        logged = add_intervention(tmp_path, logged, made(batch, Change("a", batch, len(logged))))
        assert read_interventions(tmp_path) == logged
    assert [(i.batch, i.changes[0].new) for i in logged] == [
        (4, 0), (4, 4), (8, 2), (12, 1), (12, 3), (20, 5),
    ]  # fmt: skip


def test_a_log_that_cannot_be_written_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append_intervention(tmp_path, made(4))
    before = (tmp_path / FILE).read_bytes()

    def broken(_handle: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", broken)
        with pytest.raises(OSError, match="Input/output"):
            append_intervention(tmp_path, made(9))
    assert (tmp_path / FILE).read_bytes() == before
    append_intervention(tmp_path, made(9))
    assert read_interventions(tmp_path) == [made(4), made(9)]


def test_a_line_that_fits_only_in_part_leaves_nothing_behind(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 64) as disk:
        write_interventions(disk, [made(batch) for batch in range(20)])  # most of a page is used
        filler = Filler(disk)
        filler.fill()
        fitting = 0
        with suppress(OSError):
            for batch in range(20, 60):
                append_intervention(disk, made(batch))
                fitting += 1
        assert 0 < fitting < 40
        filler.free()
        append_intervention(disk, made(99))
        batches = [intervention.batch for intervention in read_interventions(disk)]
        assert batches == [*range(20 + fitting), 99]
        assert (disk / FILE).read_bytes().count(b"\n") == len(batches)
