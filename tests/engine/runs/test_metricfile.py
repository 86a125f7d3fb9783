"""Metrics on disk: written, read back, cut back; a torn record is left out; failures retried."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from engine.runs.metricfile import RECORD, MetricWriter
from engine.runs.metriclog import MetricLog, Series
from engine.runs.metricreader import cut_back, read_metrics
from tests.engine.disks import Filler, small_disk


class FakeKeeper:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def failed(self, what: str, error: OSError) -> None:
        self.told.append(f"{what} failed")

    def worked(self, what: str) -> None:
        if self.told and self.told[-1] == f"{what} failed":
            self.told.append(f"{what} worked")

    def restore_if_gone(self) -> bool:
        return False

    def beat(self) -> None:
        pass


def written(log: MetricLog, folder: Path) -> int:
    return MetricWriter(log, folder, FakeKeeper()).mark()


def filled(count: int = 10) -> MetricLog:
    log = MetricLog()
    for i in range(count):
        log.append("train_loss", i, i / 3, i * 0.1, 1 / (i + 1))
        if i % 3 == 0:
            log.append("val_loss", i, i / 3, i * 0.1, float("nan") if i == 3 else i)
    return log


def same(a: MetricLog, b: MetricLog) -> bool:
    return a.names() == b.names() and all(
        a.series(name).since().tobytes() == b.series(name).since().tobytes() for name in a.names()
    )


def test_written_and_read_back(tmp_path: Path) -> None:
    log = filled()
    writer = MetricWriter(log, tmp_path, FakeKeeper())
    length = writer.mark()
    assert length == 14 * RECORD.itemsize
    log.append("lr", 1, 0.0, 0.0, 0.1)  # a metric that appears later
    log.append("train_loss", 10, 3.3, 1.0, 0.5)
    writer.start()
    writer.end()
    assert same(read_metrics(tmp_path), log)
    assert len(read_metrics(tmp_path, length).series("train_loss")) == 10


def test_a_torn_record_is_left_out_and_cut_off(tmp_path: Path) -> None:
    log = filled()
    length = written(log, tmp_path)
    with open(tmp_path / "metrics.bin", "ab") as file:
        file.write(b"x" * (RECORD.itemsize + 5))
    assert same(cut_back(tmp_path, length), log)
    assert (tmp_path / "metrics.bin").stat().st_size == length


def test_a_file_cut_inside_a_record_goes_on_whole(tmp_path: Path) -> None:
    length = written(filled(), tmp_path)
    path = tmp_path / "metrics.bin"
    path.write_bytes(path.read_bytes()[:-5])
    log = cut_back(tmp_path, length)
    writer = MetricWriter(log, tmp_path, FakeKeeper())
    writer.take_over()
    log.append("train_loss", 99, 9.0, 9.0, 0.25)
    writer.flush()
    assert same(read_metrics(tmp_path), log)
    assert read_metrics(tmp_path).series("train_loss").since()[-1]["value"] == 0.25


def test_nothing_there_is_an_empty_log(tmp_path: Path) -> None:
    assert read_metrics(tmp_path).names() == ()


def test_a_failure_is_told_once_and_mended(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "metrics.bin").mkdir()  # stands in the way, as a lost permission would
    keeper = FakeKeeper()
    log = filled()
    writer = MetricWriter(log, folder, keeper)
    assert not writer.flush()
    (folder / "metrics.bin").rmdir()
    assert writer.flush()
    assert keeper.told == ["Metrics failed", "Metrics worked"]
    assert same(read_metrics(folder), log)


def test_the_mark_counts_what_could_not_be_written_yet(tmp_path: Path) -> None:
    """A checkpoint made meanwhile cuts the curves back to its own moment, not to an earlier one."""
    log = filled()
    writer = MetricWriter(log, tmp_path, FakeKeeper())
    writer.flush()
    (tmp_path / "metrics.bin").rename(tmp_path / "kept")
    (tmp_path / "metrics.bin").mkdir()
    log.append("train_loss", 10, 3.3, 1.0, 0.5)
    writer.flush()
    (tmp_path / "metrics.bin").rmdir()
    (tmp_path / "kept").rename(tmp_path / "metrics.bin")
    length = writer.mark()
    log.append("train_loss", 11, 3.6, 1.1, 0.4)
    writer.flush()
    assert len(read_metrics(tmp_path, length).series("train_loss")) == 11
    assert same(read_metrics(tmp_path), log)


def test_a_deleted_file_is_written_again_in_full(tmp_path: Path) -> None:
    log = filled()
    writer = MetricWriter(log, tmp_path, FakeKeeper())
    writer.flush()
    (tmp_path / "metrics.bin").unlink()
    (tmp_path / "metrics.json").unlink()
    log.append("train_loss", 10, 3.3, 1.0, 0.5)
    writer.flush()
    assert same(read_metrics(tmp_path), log)


def test_a_series_grows_and_keeps_its_points() -> None:
    series = Series(capacity=2)
    for i in range(1000):
        series.append(i, i / 10, 0.0, float(i))
    assert len(series) == 1000
    assert np.array_equal(series.since()["value"], np.arange(1000.0))
    assert series.since(990)["step"].tolist() == list(range(990, 1000))
    block = series.since(500).copy()
    series.truncate(10)
    series.extend(block)
    assert len(series) == 510
    assert series.since()["value"][10] == 500.0


def test_a_block_that_fits_only_in_part_is_not_written_twice(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 64) as disk:
        folder, filler, log = disk / "run", Filler(disk), filled()
        folder.mkdir()
        writer = MetricWriter(log, folder, FakeKeeper())
        writer.flush()
        filler.fill()
        for step in range(10, 1000):
            log.append("train_loss", step, step / 3, step, 1 / step)
        assert not writer.flush()
        assert (folder / "metrics.bin").stat().st_size == 14 * RECORD.itemsize
        length = writer.mark()
        filler.free()
        assert writer.flush()
        assert (folder / "metrics.bin").stat().st_size == length
        assert same(read_metrics(folder), log)


def test_a_file_that_is_deleted_before_anything_was_added_is_written_in_full(
    tmp_path: Path,
) -> None:
    """By a run that goes on, and has written nothing itself so far."""
    length = written(filled(), tmp_path)
    log = cut_back(tmp_path, length)
    writer = MetricWriter(log, tmp_path, FakeKeeper())
    writer.take_over()
    (tmp_path / "metrics.bin").unlink()
    log.append("train_loss", 10, 3.3, 1.0, 0.5)
    writer.flush()
    assert same(read_metrics(tmp_path), log)


class DeletesMeanwhile(FakeKeeper):
    """The folder is deleted, and made anew by another thread, right before a write."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.deletes = 0

    def restore_if_gone(self) -> bool:
        if self.deletes:
            self.deletes -= 1
            shutil.rmtree(self.folder)
            self.folder.mkdir()
        return False


def test_deleted_at_the_very_moment_nothing_is_lost_and_nothing_told(tmp_path: Path) -> None:
    folder, log = tmp_path / "run", filled()
    folder.mkdir()
    keeper = DeletesMeanwhile(folder)
    writer = MetricWriter(log, folder, keeper)
    writer.flush()
    log.append("train_loss", 10, 3.3, 1.0, 0.5)
    keeper.deletes = 1
    assert writer.flush()
    assert keeper.told == []
    assert same(read_metrics(folder), log)
