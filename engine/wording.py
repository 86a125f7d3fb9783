"""Words for people: counts as they say them, sentences without a library's words in front."""

from __future__ import annotations


def counted(count: float, noun: str) -> str:
    """`1 row`, `1,200 rows`, `3 classes`, `2.5 epochs`."""
    whole = count == int(count)
    number = f"{int(count):,}" if whole else f"{count:,g}"
    return f"{number} {noun if count == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """More than one: `rows`, `classes`, `batches`."""
    return f"{noun}es" if noun.endswith(("s", "tch")) else f"{noun}s"


def unit_of(units: str, count: object) -> str:
    """An option's unit beside its value: `epoch` beside 1, `epochs` beside anything else."""
    if count != 1 or isinstance(count, bool):
        return units
    first, space, rest = units.partition(" ")
    for ending, single in (("sses", "ss"), ("tches", "tch"), ("s", "")):
        if first.endswith(ending):
            return f"{first.removesuffix(ending)}{single}{space}{rest}"
    return units


def own_words(message: str) -> str:
    """A validator's sentence without what Pydantic puts in front of it."""
    for prefix in ("Value error, ", "Assertion failed, "):
        message = message.removeprefix(prefix)
    return message
