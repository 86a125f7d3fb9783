"""Where the parts begin and which windows belong to them: split by time, never at random."""

from __future__ import annotations

from dataclasses import dataclass

from engine.datasets.series.options import Rules
from engine.datasets.split import LEAST
from engine.problems import Problem, ProblemError
from engine.wording import counted

WINDOW, HORIZON = "dataset.window", "dataset.horizon"


@dataclass(frozen=True)
class Layout:
    """The rows used are `first` to `end`; the training rows end at `val`, where the validation
    rows begin, and these end at `test`. All are row numbers.

    A sample begins in row s. Its window is s to s + window - 1; what is to be told of it (`lead`
    to `lead + steps - 1` rows after s) lies in one part as a whole. A window may look back into
    an earlier part, as a forecast made on the first day of the test would; never into a later.
    """

    first: int
    val: int
    test: int
    end: int
    window: int
    stride: int
    lead: int
    steps: int

    def starts(self, part: str) -> range:
        """The first rows of a part's windows."""
        begin, end = {
            "train": (self.first, self.val),
            "val": (self.val, self.test),
            "test": (self.test, self.end),
        }[part]
        last = end - self.lead - self.steps
        return range(max(self.first, begin - self.lead), last + 1, self.stride)

    @property
    def samples(self) -> int:
        """How many there are in all parts."""
        return sum(len(self.starts(part)) for part in ("train", "val", "test"))


def layout_of(rows: int, rules: Rules) -> Layout:
    """The parts of so many rows. Raises ProblemError when they are too few for the window."""
    first = 0
    if rules.subset is not None:
        # a sample each row but for the last ones of each part; each part's stride may leave a rest
        starts = max(1, rules.subset * rules.stride - 3 * (rules.stride - 1))
        wanted = starts + rules.span - 1 + 2 * max(0, rules.ahead - 1)
        first = max(0, rows - wanted)
    used = rows - first
    test = rows - max(1, round(rules.test_fraction * used))
    val = test - max(1, round(rules.val_fraction * (test - first)))
    lead = rules.window if rules.task == "forecast" else rules.window - 1
    layout = Layout(first, val, test, rows, rules.window, rules.stride, lead, rules.ahead or 1)
    _check(layout, rows, rules)
    return layout


def _check(layout: Layout, rows: int, rules: Rules) -> None:
    train, val, test = layout.val - layout.first, layout.test - layout.val, rows - layout.test
    if min(val, test) < layout.steps and rules.task == "forecast":
        which, has = ("validation", val) if val <= test else ("test", test)
        sentence = f"The horizon of {counted(rules.horizon, 'step')} is longer than the {which} "
        sentence += f"part, which has {has:,} of {counted(rows, 'row')}"
        raise ProblemError(Problem(HORIZON, sentence, f"it can be {max(1, has):,} at most"))
    most = train - rules.ahead - (LEAST - 1) * rules.stride
    if rules.window <= most:
        return
    if most < 1:
        sentence = f"The series has {counted(rows, 'row')}: too few to learn from"
        hint = "choose a longer series, or a smaller horizon, stride or part for the test"
        raise ProblemError(Problem("dataset.path", sentence, hint))
    whole = rules.span > rows
    than = "the series" if whole else "its training part allows"
    sentence = f"The window of {counted(rules.window, 'step')} is longer than {than}: "
    sentence += f"{counted(rows, 'row')}, {train:,} of them for training"
    if rules.ahead:
        sentence += f", and {counted(rules.ahead, 'step')} to be forecast"
    raise ProblemError(Problem(WINDOW, sentence, f"it can be {most:,} at most"))
