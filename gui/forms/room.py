"""How much room the texts of a choice need, and whether that is there beside its name."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QComboBox, QSizePolicy, QStyle, QStyleOptionComboBox

from gui.controls import narrowing

_SLACK = 1.05
"""Fonts differ a little between machines."""
_CARET = 6
"""Pixels that a text which can be typed into keeps round itself."""
_ANY = 400
"""A width at which the frame of a combo box is measured."""


def widest_text(box: QComboBox) -> int:
    """The width of the longest text of a combo box in pixels."""
    measure = box.fontMetrics().horizontalAdvance
    return max((measure(box.itemText(index)) for index in range(box.count())), default=0)


def width_needed(box: QComboBox) -> int:
    """How wide a combo box has to be to show each of its texts as a whole, in pixels."""
    box.ensurePolished()
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    option.rect = QRect(0, 0, _ANY, 28)
    control, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
    frame = _ANY - box.style().subControlRect(control, option, part, box).width()
    caret = _CARET if box.isEditable() else 0
    return round(_SLACK * widest_text(box)) + frame + caret


def put_beside(box: QComboBox, narrowest: int, widest: int) -> bool:
    """Let a box stand beside its name, no wider than `widest`, if all its texts fit into that.

    False when one does not: the box takes all the width of a row of its own.
    """
    if width_needed(box) <= widest:
        narrowing(box, narrowest, widest)
        return True
    policy = box.sizePolicy()
    policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
    box.setSizePolicy(policy)
    return False
