"""A run's log file: it survives its folder and a full disk, and never shows a traceback."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from engine.runs.logfile import RunLog
from tests.engine.disks import Filler, small_disk


def line(text: str) -> logging.LogRecord:
    return logging.LogRecord("engine", logging.INFO, "", 0, text, None, None)


def test_lines_have_a_time_and_a_level(tmp_path: Path) -> None:
    log = RunLog(tmp_path / "log.txt")
    assert not (tmp_path / "log.txt").exists()
    log.emit(line("begun"))
    log.emit(line("é"))
    log.close()
    first, second = (tmp_path / "log.txt").read_text(encoding="utf-8").splitlines()
    assert first.endswith(" INFO begun")
    assert second.endswith(" INFO é")


def test_a_name_cannot_write_on_the_terminal_of_who_reads(tmp_path: Path) -> None:
    log = RunLog(tmp_path / "log.txt")
    log.emit(line("skipped: \x1b[2Jcat.png\u202e"))
    log.close()
    assert (tmp_path / "log.txt").read_text(encoding="utf-8").endswith("skipped: [2Jcat.png\n")


def test_a_folder_that_is_gone_is_written_to_when_it_is_there_again(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    log = RunLog(folder / "log.txt")
    log.emit(line("one"))
    shutil.rmtree(folder)
    log.emit(line("lost"))
    log.emit(line("lost"))
    folder.mkdir()
    log.emit(line("two"))
    log.close()
    assert (folder / "log.txt").read_text().split()[-1] == "two"
    assert capfd.readouterr().err == ""


def test_lines_wait_for_room(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with small_disk(tmp_path / "disk", 64) as disk:
        log, filler = RunLog(disk / "log.txt"), Filler(disk)
        log.emit(line("one"))
        filler.fill()
        for _ in range(200):
            log.emit(line("x" * 100))
        filler.free()
        log.emit(line("last"))
        log.close()
        assert (disk / "log.txt").read_text().endswith("last\n")
        again = RunLog(disk / "log.txt")
        again.emit(line("y"))
        filler.fill()
        for _ in range(50):
            again.emit(line("x" * 100))
        again.close()
    assert capfd.readouterr().err == ""


def test_a_bug_in_a_message_is_no_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = RunLog(tmp_path / "log.txt")
    log.emit(logging.LogRecord("engine", logging.INFO, "", 0, "%d", ("no number",), None))
    log.close()
    assert "Logging error" in capsys.readouterr().err
