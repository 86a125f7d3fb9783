"""Whether a window can open: the display, Qt's system libraries, and what is said otherwise."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from engine.cli import NoDisplayError
from gui import launch


@pytest.fixture
def linux(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A Linux machine with no display at all."""
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_there_is_no_display_without_the_variables(linux: pytest.MonkeyPatch) -> None:
    assert not launch.has_display()
    with pytest.raises(NoDisplayError, match="no display"):
        launch.open_window(None)


@pytest.mark.parametrize(
    ("name", "value"), [("WAYLAND_DISPLAY", "wayland-0"), ("QT_QPA_PLATFORM", "offscreen")]
)
def test_wayland_and_a_named_platform_are_displays(
    linux: pytest.MonkeyPatch, name: str, value: str
) -> None:
    linux.setenv(name, value)
    assert launch.has_display()


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_other_systems_always_have_one(linux: pytest.MonkeyPatch, platform: str) -> None:
    linux.setattr(sys, "platform", platform)
    assert launch.has_display()


def test_an_x_server_must_answer(linux: pytest.MonkeyPatch) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        linux.setenv("DISPLAY", f"127.0.0.1:{port - 6000}.0")
        assert launch.has_display()
    linux.setenv("DISPLAY", ":987654")
    assert not launch.has_display()
    linux.setenv("DISPLAY", "/tmp/a.socket")
    assert launch.has_display()


def test_where_all_libraries_are_there_nothing_is_missing() -> None:
    assert launch.missing_library() is None


def test_a_missing_library_is_named_with_its_packages(linux: pytest.MonkeyPatch) -> None:
    linux.setattr(launch, "_loads", lambda library: library != "libxkbcommon.so.0")
    error = ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")
    text = launch._advice(error)
    assert "sudo apt install libegl1 libxkbcommon0\n" in text
    assert "sudo dnf install libglvnd-egl libxkbcommon" in text


def test_x11s_own_library_is_found_missing_before_qt_aborts(linux: pytest.MonkeyPatch) -> None:
    linux.setenv("QT_QPA_PLATFORM", "xcb")

    def load(name: str) -> None:
        if "xcb" in name:
            raise OSError("libxcb-cursor.so.0: cannot open shared object file: No such file")

    linux.setattr("ctypes.CDLL", load)
    said: list[str] = []
    linux.setattr(launch, "say", said.append)
    assert launch.open_window(None) == 1
    assert "libxcb-cursor0" in said[0]
    assert "xcb-util-cursor" in said[0]


def test_x11s_libraries_are_not_asked_for_where_x11_is_not_used(linux: pytest.MonkeyPatch) -> None:
    linux.setenv("WAYLAND_DISPLAY", "wayland-0")
    linux.setattr(launch, "_loads", lambda _library: False)
    assert "xcb" not in launch._advice(ImportError("libGL.so.1: cannot open"))


def test_another_failure_is_said_as_it_is() -> None:
    assert "Qt cannot be loaded: strange" in launch._advice(ImportError("strange"))
    assert "pip install PySide6-Essentials" in launch._advice(
        ModuleNotFoundError("No module named 'PySide6'")
    )


def test_the_plugin_is_where_it_is_looked_for() -> None:
    import PySide6

    package = Path(PySide6.__file__).parent
    if not sys.platform.startswith("linux"):
        pytest.skip("the X11 plug-in is there on Linux alone")
    assert launch._xcb_plugin(package).name == "libqxcb.so"
    assert launch._xcb_plugin(Path("/nowhere")).name == "libxcb-cursor.so.0"
