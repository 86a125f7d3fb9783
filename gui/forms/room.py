"""How much room the texts of a choice need, and whether that is there beside its name."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QSizePolicy

from gui.controls import narrowing

_SLACK = 1.05
"""Fonts differ a little between machines."""
_CARET = 6
"""Pixels that a text which can be typed into keeps round itself."""
FRAME = 36
"""Pixels of a combo box that are not its text: border, padding and arrow as the style sheet has
them. Known without asking it, because forms are built while it is off."""


def widest_text(box: QComboBox) -> int:
    """The width of the longest text of a combo box in pixels."""
    measure = box.fontMetrics().horizontalAdvance
    return max((measure(box.itemText(index)) for index in range(box.count())), default=0)


def width_needed(box: QComboBox) -> int:
    """How wide a combo box has to be to show each of its texts as a whole, in pixels."""
    caret = _CARET if box.isEditable() else 0
    return round(_SLACK * widest_text(box)) + FRAME + caret


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
