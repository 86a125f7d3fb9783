"""Garbage is collected on the window's thread, and nowhere else."""

from __future__ import annotations

import gc
import threading
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal

from gui.garbage import collect_due, collected_here


class Imports(QObject):
    """Stands for the thread that imports."""

    ready = Signal()


@pytest.fixture
def imports() -> Imports:
    return Imports()


class Ring:
    """Garbage that only the collector can find; it notes where it was found."""

    def __init__(self, found: list[threading.Thread]) -> None:
        self.itself = self
        self._found = found

    def __del__(self) -> None:
        self._found.append(threading.current_thread())


def litter(found: list[threading.Thread]) -> None:
    """Enough of it to start the collector, were it on."""
    for _ in range(5 * gc.get_threshold()[0]):
        Ring(found)


def test_a_busy_thread_leaves_its_garbage_to_the_window(qtbot: Any, imports: Imports) -> None:
    found: list[threading.Thread] = []
    with collected_here(imports.ready):
        worker = threading.Thread(target=litter, args=(found,))
        worker.start()
        worker.join()
        assert found == []
        qtbot.waitUntil(lambda: len(found) > 0)
    assert set(found) == {threading.main_thread()}


def test_afterwards_python_collects_again(imports: Imports) -> None:
    with collected_here(imports.ready):
        assert not gc.isenabled()
    assert gc.isenabled()


def test_nothing_is_collected_before_it_is_due(imports: Imports) -> None:
    found: list[threading.Thread] = []
    with collected_here(imports.ready):
        gc.collect()
        Ring(found)
        collect_due()
        assert found == []
        litter(found)
        collect_due()
        assert len(found) > 1


def test_what_was_imported_is_looked_through_no_more(imports: Imports) -> None:
    with collected_here(imports.ready):
        gc.unfreeze()
        imports.ready.emit()
        assert gc.get_freeze_count() > 1000
    assert gc.get_freeze_count() == 0
