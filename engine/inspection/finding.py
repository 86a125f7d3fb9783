"""What an inspection gives: findings with their evidence, beside the view of the data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.facts import Facts
from engine.problems import Problem
from engine.views import ColumnView, DataView

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
"""The worst first: an error spoils the result, a warning may, an info is good to know."""

MOST_LINES = 12
"""Lines of evidence that are written out; of more, the rest is counted."""


@dataclass(frozen=True)
class Finding:
    """One thing that was noticed. `code` is its name for programs, `evidence` lines that show it.

    `mend` are changes of the recipe that deal with it, as path and value; () where there are none.
    """

    code: str
    severity: Severity
    sentence: str
    hint: str = ""
    evidence: tuple[str, ...] = ()
    mend: tuple[tuple[str, Any], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain JSON types; `mend` as a mapping of paths to values."""
        return {
            "code": self.code,
            "severity": self.severity,
            "sentence": self.sentence,
            "hint": self.hint,
            "evidence": list(self.evidence),
            "mend": {path: _plain(value) for path, value in self.mend},
        }


@dataclass(frozen=True)
class Inspection:
    """What was found, the worst first. Where the data cannot be loaded `facts` and `view` are None,
    and the findings say why."""

    facts: Facts | None
    sizes: dict[str, int] = field(default_factory=dict)
    counts: dict[str, tuple[int, ...]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    fingerprint: str = ""
    view: DataView | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON types: facts, sizes, class counts by name, statistics, findings."""
        names = self.facts.targets if self.facts else ()
        return {
            "facts": _facts(self.facts),
            "sizes": self.sizes,
            "counts": {
                part: dict(zip(names, counts, strict=True))
                for part, counts in self.counts.items()
                if counts
            },
            "findings": [finding.as_json() for finding in self.findings],
            "fingerprint": self.fingerprint,
            **(_view(self.view) if self.view else {}),
        }


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The worst first, else as they came."""
    return tuple(sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)))


def of_problems(problems: Iterable[Problem]) -> tuple[Finding, ...]:
    """What keeps the data from being loaded, as findings."""
    return tuple(
        Finding("not_usable", "error", problem.sentence, problem.hint, (problem.path,))
        for problem in problems
    )


def several(count: int, noun: str, plural: str = "") -> str:
    """`1 row`, `1,200 rows`; the plural where it is not with an s."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def lines_of(lines: Sequence[str], most: int = MOST_LINES) -> tuple[str, ...]:
    """Evidence that is not too long."""
    rest = len(lines) - most
    return (*lines[:most], f"and {rest:,} more") if rest > 0 else tuple(lines)


# --- As JSON -------------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _facts(facts: Facts | None) -> dict[str, Any] | None:
    if facts is None:
        return None
    left_out = {"encoding", "target_channels"}
    return {
        name: _plain(value) for name, value in vars(facts).items() if name not in left_out
    }  # fmt: skip


def _view(view: DataView) -> dict[str, Any]:
    found: dict[str, Any] = {
        "shapes": _shapes(view.shapes),
        "target_shapes": _shapes(view.target_shapes),
        "dtype": view.dtype,
        "raw_range": _plain(view.raw_range),
        "network_range": _plain(view.network_range),
        "normalisation": view.normalisation,
        "mean": list(view.mean),
        "std": list(view.std),
        "notes": list(view.notes),
        "columns": [_column(column) for column in view.columns],
    }
    if view.text is not None:
        text = dict(vars(view.text))
        found["text"] = text | {"lengths": _histogram(view.text.lengths)}
    if view.series is not None:
        parts = [vars(part) for part in view.series.parts]
        found["series"] = {"rows": view.series.rows, "parts": parts}
    return found


def _shapes(shapes: dict[str, tuple[int, ...]] | None) -> dict[str, list[int]]:
    return {part: list(shape) for part, shape in (shapes or {}).items()}


def _column(column: ColumnView) -> dict[str, Any]:
    return {**vars(column), "histogram": _histogram(column.histogram),
            "frequent": dict(column.frequent)}  # fmt: skip


def _histogram(histogram: Any) -> dict[str, Any] | None:
    return None if histogram is None else {name: list(v) for name, v in vars(histogram).items()}
