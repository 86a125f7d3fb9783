"""The menu of a place on the curves: fork from the checkpoint nearest to it, copy the values."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from engine.runs.checkpointfile import Checkpoint
from gui import texts
from gui.presenters.availability import Availability
from gui.presenters.curves import Place


def curve_menu(
    parent: QWidget, place: Place, values: dict[str, float], nearest: Checkpoint | None,
    fork: tuple[Availability, Callable[[], None]],
) -> QMenu:  # fmt: skip
    """What can be done at this place: `values` by curve, `fork` whether it can be done and doing
    it. The menu deletes itself."""
    menu = QMenu(parent)
    menu.setObjectName("curve.menu")
    menu.setToolTipsVisible(True)
    menu.aboutToHide.connect(menu.deleteLater)
    possible, act = fork
    forking = QAction(f"Fork from {_which(nearest, place)}", menu)
    forking.setObjectName("curve.fork")
    forking.setEnabled(possible.enabled and nearest is not None)
    forking.setToolTip(f"{possible.why}." if possible.why else "")
    forking.triggered.connect(lambda _checked=False: act())
    menu.addAction(forking)
    copying = QAction("Copy the values here", menu)
    copying.setObjectName("curve.copy")
    copying.triggered.connect(lambda _checked=False: _copy(place, values))
    menu.addAction(copying)
    return menu


def _which(nearest: Checkpoint | None, place: Place) -> str:
    if nearest is None or nearest.stamp is None:
        return "a checkpoint"
    step = texts.whole(nearest.stamp.step)
    return f"step {step} ({nearest.path.name}), nearest to step {texts.whole(place.step)}"


def _copy(place: Place, values: dict[str, float]) -> None:
    """A line each, as a table that can be pasted."""
    lines = [f"step\t{place.step}", f"epoch\t{place.epoch:g}", f"seconds\t{place.time:g}"]
    lines += [f"{name}\t{value!r}" for name, value in values.items()]
    QGuiApplication.clipboard().setText("\n".join(lines))
