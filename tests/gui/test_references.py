"""Qt must not eat references: PySide6 6.12 drops one to None in every call that returns void, and
a Python before 3.12 aborts when there are none left."""

from __future__ import annotations

import sys

from PySide6.QtGui import QColor, QImage, QPainter, QPen

CALLS = 1000


def test_a_thousand_calls_leave_the_references_to_none_alone(qapp) -> None:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    pen = QPen(QColor("red"))
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        painter.setPen(pen)
    lost = before - sys.getrefcount(None)
    painter.end()
    assert lost < CALLS // 2
