"""What a training told that it could not do, as long as it still cannot."""

from __future__ import annotations

from dataclasses import dataclass

from engine.problems import Problem


@dataclass(frozen=True)
class Troubles:
    """The problems, oldest first."""

    problems: tuple[Problem, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.problems)

    def told(self, problem: Problem) -> Troubles:
        """With one more, unless it is known."""
        known = problem in self.problems
        return self if known else Troubles((*self.problems, problem))

    def recovered(self, sentence: str) -> Troubles:
        """Without what works again: `Metrics are written again` ends `Metrics cannot be ...`."""
        what = sentence.partition(" ")[0]
        left = (p for p in self.problems if p.sentence.partition(" ")[0] != what)
        return Troubles(tuple(left))
