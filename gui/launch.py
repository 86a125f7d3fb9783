"""Whether a window can open here, and what to do when it cannot. Imports Qt only when asked."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from collections.abc import Iterable
from pathlib import Path

from engine import collector
from engine.cli import NoDisplayError
from engine.cli.output import say

_PACKAGES = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl"),
    "libGL.so.1": ("libgl1", "libglvnd-glx"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libX11.so.6": ("libx11-6", "libX11"),
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb"),
    "libxcb.so.1": ("libxcb1", "libxcb"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-render.so.0": ("libxcb-render0", "libxcb"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb"),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb"),
}
"""System libraries that Qt loads on Linux, and the Debian and Fedora packages they come in."""

_XCB_ONLY = ("libxcb", "libX11", "libxkbcommon-x11")


def open_window(argument: str | None) -> int:
    """Open the dashboard on a preset, a run or (None) the starter preset; the exit status.

    Raises NoDisplayError where there is no screen. A missing system library is named together
    with the packages to install, and gives exit status 1.
    """
    if not has_display():
        raise NoDisplayError("There is no display here")
    with collector.at_rest():
        missing = missing_library()
        if missing is not None:
            say(missing)
            return 1
        from gui.app import run

    return run(argument)


# --- The screen --------------------------------------------------------------------------------


def has_display() -> bool:
    """Whether Qt would find a screen. Elsewhere than on Linux and the BSDs there always is one."""
    if sys.platform in ("win32", "darwin", "cygwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    if os.environ.get("WAYLAND_DISPLAY"):
        return True
    display = os.environ.get("DISPLAY", "")
    return bool(display) and _answers(display)


def _answers(display: str) -> bool:
    """Whether an X server listens: a DISPLAY left over from a closed session makes Qt abort."""
    host, _, rest = display.rpartition(":")
    number = rest.split(".")[0]
    if not number.isdigit():
        return True  # some other form, such as a socket's path: for Qt to judge
    if host and host != "unix":
        return _connects(socket.AF_INET, (host, 6000 + int(number)))
    path = f"/tmp/.X11-unix/X{number}"
    return _connects(socket.AF_UNIX, path) or _connects(socket.AF_UNIX, f"\0{path}")


def _connects(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(3)
            probe.connect(address)
    except OSError:
        return False
    return True


# --- The system's libraries --------------------------------------------------------------------


def missing_library() -> str | None:
    """What Qt lacks, and the line that installs it; None when the window can open."""
    try:
        from gui import qtsetup as qtsetup  # isort: skip
        from PySide6 import QtWidgets

        if _uses_xcb():
            ctypes.CDLL(str(_xcb_plugin(Path(QtWidgets.__file__).parent)))
    except (ImportError, OSError) as error:
        return _advice(error)
    return None


def _uses_xcb() -> bool:
    if not sys.platform.startswith("linux"):
        return False
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    return platform.startswith("xcb") or not (platform or os.environ.get("WAYLAND_DISPLAY"))


def _xcb_plugin(package: Path) -> Path:
    """Qt's X11 plug-in, whose libraries are looked for by loading it; in a Qt that was not
    installed from a wheel, the library that is missing most often."""
    path = package / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    return path if path.is_file() else Path("libxcb-cursor.so.0")


def _advice(error: Exception) -> str:
    """`libEGL.so.1: cannot open ...` becomes the package to install."""
    named = str(error).split(":")[0].strip()
    if isinstance(error, ModuleNotFoundError):
        return f"Qt is not installed: {error} (run `pip install PySide6-Essentials`)"
    if named not in _PACKAGES:
        return f"Qt cannot be loaded: {error}"
    libraries = sorted({named, *_not_loadable(_PACKAGES)})
    debian = " ".join(sorted({_PACKAGES[library][0] for library in libraries}))
    fedora = " ".join(sorted({_PACKAGES[library][1] for library in libraries}))
    return (
        f"Qt needs system libraries that are not here: {', '.join(libraries)}\n"
        f"  Debian, Ubuntu:  sudo apt install {debian}\n"
        f"  Fedora:          sudo dnf install {fedora}"
    )


def _not_loadable(libraries: Iterable[str]) -> list[str]:
    """Which of these the system does not have; X11's only where X11 is what Qt will use."""
    wanted = [name for name in libraries if _uses_xcb() or not name.startswith(_XCB_ONLY)]
    return [name for name in wanted if not _loads(name)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
