"""Why a file is taken as it is, said anew for options that were changed since it was proposed."""

from __future__ import annotations

from collections.abc import Callable

from engine.datasets.base import Dataset
from engine.datasets.series import Series
from engine.datasets.table import TableFile
from engine.datasets.text import TextFile
from engine.problems import ProblemError
from engine.wording import counted


def reasons_of(dataset: Dataset) -> tuple[str, ...] | None:
    """What is found with the dataset's own options; less where they cannot be used, and None of a
    kind whose reasons do not depend on them. Files that have not changed are not read again."""
    said: tuple[str, ...] = ()
    for kind, reasons in _REASONS:
        if isinstance(dataset, kind):
            for reason in reasons:
                try:
                    said += reason(dataset)
                except ProblemError:
                    break  # what is wrong stands among the problems
            return said
    return None


def task_reason(target: str, task: str, classes: int) -> str:
    """What a table's target holds."""
    if task == "classes":
        return f"{target!r} holds {counted(classes, 'class')}"
    return f"{target!r} holds numbers: a regression"


def chosen(names: tuple[str, ...]) -> str:
    """That somebody chose these columns."""
    several = "are" if len(names) > 1 else "is"
    return f"{', '.join(map(repr, names))} {several} what is to be told, as you chose"


def _table_size(dataset: TableFile) -> tuple[str, ...]:
    from engine.datasets.table import table_raw

    rows, columns = table_raw(dataset).frame.shape
    return (f"{counted(rows, 'row')} of {counted(columns, 'column')}",)


def _table_target(dataset: TableFile) -> tuple[str, ...]:
    from engine.datasets.table import table_columns

    facts = dataset.facts()
    target = next(seen.name for seen in table_columns(dataset) if seen.role == "target")
    taken = chosen((target,)) if dataset.target else f"{target!r} is taken as the target"
    return (taken, task_reason(target, facts.task, len(facts.targets)))


def _texts(dataset: TextFile) -> tuple[str, ...]:
    from engine.datasets.text import text_notes, text_statistics

    facts, found = dataset.facts(), text_statistics(dataset)
    assert found is not None
    taken = [
        f"{note.what!r} is {note.sentence}"
        for note in text_notes(dataset)
        if note.sentence.startswith("taken for")
    ]
    classes = counted(len(facts.targets), "class")
    said = f"{counted(facts.samples, 'text')} of {classes}, half of them of "
    return (*taken, f"{said}{counted(found.lengths.median, 'token')} or more")


def _series_columns(dataset: Series) -> tuple[str, ...]:
    from engine.datasets.series import series_view

    view = series_view(dataset)
    assert view is not None
    times = f"{view.time_column!r} holds times, {view.step} apart" if view.time_column else ""
    return tuple(said for said in (times, chosen(tuple(view.targets))) if said)


def _series_steps(dataset: Series) -> tuple[str, ...]:
    seen = f"{counted(dataset.window, 'step')} {'is' if dataset.window == 1 else 'are'} seen"
    return (seen if dataset.task == "classes" else f"{seen} and {dataset.horizon:,} forecast",)


Reason = Callable[..., tuple[str, ...]]
_REASONS: tuple[tuple[type[Dataset], tuple[Reason, ...]], ...] = (
    (TableFile, (_table_size, _table_target)),
    (TextFile, (_texts,)),
    (Series, (_series_columns, _series_steps)),
)
