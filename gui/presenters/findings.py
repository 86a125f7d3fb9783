"""Findings in words: what the section says at a glance, and what a button that mends one says."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from engine.inspection import Finding
from gui import texts
from gui.presenters import naming

Get = Callable[[str], Any]
"""The value at a path of the recipe."""

_COUNTED = {"error": ("error", "errors"), "warning": ("warning", "warnings"),
            "info": ("thing to know", "things to know")}  # fmt: skip
_SAID = {
    ("loss.class_weights", "balanced"): "Weigh the classes",
    ("training.balance", "weighted"): "Draw rare classes more often",
    ("dataset.subset", None): "Use all samples",
    ("dataset.duplicates", "drop"): "Keep one of each",
    ("dataset.resize", "pad"): "Keep all with a border",
    ("dataset.color", "grey"): "Make all grey",
    ("dataset.resample", "auto"): "Make the steps even",
    ("dataset.tokens", "character"): "Take letters as tokens",
}
NOT_USABLE = "not_usable"
"""The code of a finding that says again why the data could not be loaded."""
_MOST_LINES, _FEW_LINES = 50, 8
_NAMED = 24
"""Letters of a column's name on a button."""
_SETTING = re.compile(
    r"\b((?:dataset|architecture|loss|optimizer|regularization|training)(?:\.[a-z0-9_]+)+)=(\w+)"
)


def summary(findings: Sequence[Finding]) -> str:
    """`Looks good`, or `1 error, 2 warnings`."""
    counts = {level: sum(f.severity == level for f in findings) for level in _COUNTED}
    said = [
        f"{texts.whole(count)} {_COUNTED[level][count != 1]}"
        for level, count in counts.items()
        if count
    ]
    good = [] if counts["error"] or counts["warning"] else ["Looks good"]
    return ", ".join([*good, *said])


def worst(findings: Sequence[Finding]) -> str:
    """The severity to show for all of them: `error`, `warning`, or `good`."""
    levels = {finding.severity for finding in findings}
    return next((level for level in ("error", "warning") if level in levels), "good")


def spoken(sentence: str) -> str:
    """A sentence with options called as the form calls them: `dataset.gaps=mean` becomes
    `“gaps: mean”`, `dataset.gaps` `gaps of the dataset`."""

    def quoted(found: re.Match[str]) -> str:
        return f"“{texts.title(found[1].rpartition('.')[2])}: {found[2]}”"

    return naming.spoken(_SETTING.sub(quoted, sentence))


def evidence(finding: Finding) -> tuple[str, ...]:
    """The lines that show it; of very many the first, `inspect` on the command line lists all."""
    rest = len(finding.evidence) - _MOST_LINES
    more = (f"and {texts.whole(rest)} more",) if rest > 0 else ()
    return (*finding.evidence[:_MOST_LINES], *more)


def beside_problem(findings: Sequence[Finding], problem: str) -> tuple[str, ...]:
    """What else was found in data that cannot be used: sentences that the problem does not say
    already, each with its first lines."""
    said: list[str] = []
    for finding in findings:
        if finding.code != NOT_USABLE:
            rest = len(finding.evidence) - _FEW_LINES
            more = [f"and {texts.whole(rest)} more"] if rest > 0 else []
            sentence = [] if problem.startswith(finding.sentence) else [spoken(finding.sentence)]
            said += [*sentence, *finding.evidence[:_FEW_LINES], *more]
    return tuple(said)


def mend_values(finding: Finding) -> dict[str, Any]:
    """The changes as the recipe's plain data has them."""
    return {path: list(v) if isinstance(v, tuple) else v for path, v in finding.mend}


def mend_words(finding: Finding, get: Get) -> str:
    """What a button that mends a finding says: `Ignore column “id”`, `Set length to 128`."""
    if len(finding.mend) != 1:
        return "Mend"
    path, value = finding.mend[0]
    if isinstance(value, tuple | list):
        return _list_words(path, list(value), get(path))
    known = _SAID.get((path, value))
    name = texts.title(path.rpartition(".")[2])
    return known or f"Set {name} to {texts.plain(value)}"


def _list_words(path: str, values: list[Any], now: Any) -> str:
    """Columns that are added to a list, or a list that is another one."""
    before = now if isinstance(now, list | tuple) else []
    added = [value for value in values if value not in before]
    if path != "dataset.ignore":
        return f"Choose {texts.title(path.rpartition('.')[2])} anew"
    if len(added) == 1:
        return f"Ignore column “{texts.shortened(str(added[0]), _NAMED)}”"
    return f"Ignore {texts.whole(len(added))} columns"
