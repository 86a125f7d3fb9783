"""The front door: its exit status, and what it does without a console."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import main
from engine import paths


def test_the_command_line_is_carried_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["/somewhere/trainboard", "show", "nothing"])
    assert main.main() == 2
    assert "There is no preset 'nothing'" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", ["/somewhere/trainboard", "--help"])
    assert main.main() == 0
    assert "Usage: trainboard " in capsys.readouterr().out


def test_without_a_console_output_goes_into_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["trainboard-gui", "show", "nothing"])
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert main.main_gui() == 2
    sys.stderr.close()
    assert "There is no preset" in (paths.home() / "window.log").read_text(encoding="utf-8")


def test_without_a_console_and_without_a_folder_output_goes_nowhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TRAINBOARD_HOME", str(tmp_path / "file" / "below"))
    monkeypatch.setattr(sys, "argv", ["trainboard-gui", "show", "nothing"])
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert main.main_gui() == 2
    sys.stderr.close()
