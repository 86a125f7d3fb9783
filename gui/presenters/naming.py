"""Sentences of the engine as the window says them: components by title, options as forms call them.

The terminal keeps the names, since there they are typed.
"""

from __future__ import annotations

import re
from functools import cache

from engine.schema import COMPONENTS
from gui import texts

_GIVEN = re.compile(r"\b(dataset|architecture|loss|optimizer)=(\w+)")
_MISFIT = re.compile(r"^(\w+) (does not fit|cannot read|would take|changes) (?:(\w+),)?")
_CHOOSE = re.compile(r"(?<=\bchoose )\w+(?:(?:, | or )\w+)*")
_WORD = re.compile(r"(?<![\w./\\'\"=~-])\w+(?![\w/\\'\"=-]|\.\w)")


def spoken(sentence: str) -> str:
    """The sentence for the window: `choose cross_entropy` becomes `choose Cross-entropy`.

    A name that is also a word of the language (`text`, `step`) is only taken for a component where
    the sentence can mean nothing else.
    """
    sentence = _GIVEN.sub(lambda found: f"“{found[1]}: {_title(found[2])}”", sentence)
    sentence = _MISFIT.sub(_misfit, sentence)
    sentence = _CHOOSE.sub(_chosen, sentence)
    sentence = _WORD.sub(lambda found: _clear_titles().get(found[0], found[0]), sentence)
    return texts.spoken(sentence)


def _misfit(found: re.Match[str]) -> str:
    other = f" {_title(found[3])}," if found[3] else " "
    return f"{_title(found[1])} {found[2]}{other}"


def _chosen(found: re.Match[str]) -> str:
    names = re.split(r"(, | or )", found[0])
    known = all(name in _titles() for name in names[::2])
    return "".join(map(_title, names)) if known else found[0]


def _title(name: str) -> str:
    return _titles().get(name, name)


@cache
def _titles() -> dict[str, str]:
    """The title of every component; of an enumeration only the first."""
    found: dict[str, str] = {}
    for kind in reversed(COMPONENTS.kinds()):
        for name in COMPONENTS.names(kind):
            found[name] = COMPONENTS.get(kind, name).title.partition(",")[0]
    return found


@cache
def _clear_titles() -> dict[str, str]:
    """Those whose names are no words: `mse`, `cross_entropy`, `cifar10`."""
    return {name: title for name, title in _titles().items() if _is_no_word(name, title)}


def _is_no_word(name: str, title: str) -> bool:
    joined = "_" in name or (len(name) > 2 and any(letter.isdigit() for letter in name))
    return joined or sum(letter.isupper() for letter in title) > 1
