"""Python's garbage is collected on the window's thread alone.

Left to itself, the collector runs on whatever thread happens to allocate, the training's too; a
widget that it finds there would be deleted on the wrong thread, and the process dies.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer, SignalInstance

EVERY_MS = 100


@contextmanager
def collected_here(imported: SignalInstance) -> Iterator[None]:
    """While this lasts, only a timer of this thread collects, as often as Python would.

    Once the heavy modules are `imported`, what they are made of is never looked through again:
    half a million objects, for which a collection would hold up window and training alike.
    """
    was_on = gc.isenabled()
    timer = QTimer()
    timer.timeout.connect(collect_due)
    imported.connect(gc.freeze)
    gc.disable()
    timer.start(EVERY_MS)
    try:
        yield
    finally:
        timer.stop()
        imported.disconnect(gc.freeze)
        gc.unfreeze()
        if was_on:
            gc.enable()


def collect_due() -> None:
    """Collect the oldest generation that has filled up, and with it all younger ones."""
    due = [
        generation
        for generation, (count, limit) in enumerate(
            zip(gc.get_count(), gc.get_threshold(), strict=True)
        )
        if 0 < limit < count
    ]
    if due:
        gc.collect(max(due))
