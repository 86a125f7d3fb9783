"""A long text in pieces that have the same tokens as the whole, so that memory stays small."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.datasets.text.options import Kind
from engine.datasets.text.source import PATH
from engine.problems import Problem, ProblemError

LONGEST_WORD = 1_000_000
"""Characters without a space or a line's end, of a text that is cut into words or subwords."""
_PLAIN = re.compile("(?<=[A-Za-z0-9])(?=[A-Za-z0-9])")


def chunks(text: str, kind: Kind, size: int) -> Iterator[str]:
    """Pieces of about so many characters.

    They end with a line; where lines are longer, before a space, since no token goes on behind
    one; and of characters, where there is neither, between two plain letters or digits, since
    normalisation and lower case look no further. Raises ProblemError when a word is too long.
    """
    start = 0
    while start < len(text):
        end = min(len(text), start + size)
        if end < len(text):
            end = _place(text, end, kind, size)
        yield text[start:end]
        start = end


def _place(text: str, begin: int, kind: Kind, size: int) -> int:
    """Where the piece ends that has its size at `begin`."""
    line = text.find("\n", begin, begin + size) + 1
    if line:
        return line
    limit = begin + (size if kind == "character" else LONGEST_WORD)
    space = text.find(" ", begin, limit)
    if space > 0:
        return space
    if kind == "character":
        plain = _PLAIN.search(text, begin)
        return plain.start() if plain else len(text)
    line = text.find("\n", begin, limit) + 1
    if not line and len(text) > limit:
        sentence = f"The text has a word of more than {LONGEST_WORD:,} characters"
        hint = "set dataset.tokens to character, or choose a text that has spaces"
        raise ProblemError(Problem(PATH, sentence, hint))
    return line or len(text)
