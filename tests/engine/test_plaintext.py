"""Text of strangers: printable, on one line."""

from __future__ import annotations

from typing import Any

import pytest

from engine.plaintext import one_line, printable


@pytest.mark.parametrize(
    ("value", "line"),
    [("plain", "plain"), (" a \n\tb  c ", "a b c"), ("\x1b[31mred\x1b[0m", "[31mred[0m"),
     ("a\u2028b\u202ec\x00\udcff", "a bc"), ("12\xa0000", "12 000"),
     ("é 漢 🙂", "é 漢 🙂"), (None, ""),
     (3, ""), (["a"], "")],
)  # fmt: skip
def test_one_line(value: Any, line: str) -> None:
    assert one_line(value) == line


def test_lines_stay_lines() -> None:
    assert printable("a\n\tb\r\x07") == "a\n\tb"
