"""Problems a user can fix: where, one clear sentence, and a hint. Nothing here knows a recipe."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with what the user gave, and what to do about it."""

    path: str
    sentence: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.path}: " if self.path else ""
        return f"{place}{self.sentence}" + (f" ({self.hint})" if self.hint else "")

    def as_json(self) -> dict[str, str]:
        """Place, sentence and hint."""
        return {"path": self.path, "sentence": self.sentence, "hint": self.hint}


class ProblemError(Exception):
    """Raised with every problem found, never only the first."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate the user most likely meant, or None when none is near."""
    found = difflib.get_close_matches(word.lower(), list(candidates), n=1, cutoff=0.5)
    return found[0] if found else None


def suggest(word: str, candidates: Sequence[str]) -> str:
    """A hint for a misspelt name: the nearest one, and the whole list when it is short."""
    near = closest(word, candidates)
    listing = f"known: {', '.join(candidates)}" if len(candidates) <= 24 else ""
    return "; ".join(part for part in (f"did you mean {near!r}?" if near else "", listing) if part)
