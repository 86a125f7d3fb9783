"""What this machine computes on, known a moment after the window is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from engine.devices import Device
    from engine.problems import Problem
    from gui.presenters.previews import PreviewWorker

AUTO = "auto"


class Machine(QObject):
    """The devices with their names and memory, and the precisions that each lacks.

    Nothing is known, and nothing lacks, until the worker has loaded torch and answered.
    """

    known = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.devices: tuple[Device, ...] = ()
        self.usual = ""
        self._lacking: dict[str, dict[str, str]] = {}
        self._key = object()

    def ask(self, worker: PreviewWorker) -> None:
        """Look, on the worker's thread."""
        worker.done.connect(self._on_done)
        worker.failed.connect(self._on_failed)
        worker.request(self._key, _look)

    def lacking(self, device: str) -> dict[str, str]:
        """Why a device, as a recipe names it, cannot train in a precision, by precision."""
        return self._lacking.get(self.usual if device == AUTO else device, {})

    def offers(self) -> list[tuple[str, str]]:
        """The devices that a recipe can name, each with what it is."""
        first = f"the best there is: {self.usual}" if self.usual else "the best there is"
        found = [(d.name, f"{d.title}, {d.memory / 1e9:,.0f} GB") for d in self.devices]
        return [(AUTO, first), *found]

    def _on_done(self, key: object, result: object) -> None:
        if key is self._key:
            self.devices, self.usual, self._lacking = result  # type: ignore[misc]
            self.known.emit()

    def _on_failed(self, key: object, problem: Problem) -> None:
        """Without a list every device can still be typed, and is checked at the start."""


def _look() -> tuple[tuple[Device, ...], str, dict[str, dict[str, str]]]:
    from engine.devices import list_devices, unsupported, usual_device

    found = tuple(list_devices())
    return found, usual_device(), {device.name: unsupported(device.name) for device in found}
