"""The dataset component `table`: options, facts, and the three splits of encoded rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator

from engine.datasets.base import Dataset, Progress, SelfSplit, Splits, silent
from engine.datasets.optiongroups import group
from engine.datasets.table.fileoptions import FileOptions
from engine.datasets.table.memory import MEMORY
from engine.datasets.table.notes import ColumnSeen, Note
from engine.datasets.table.options import (
    CategoriesAs,
    CategoryGaps,
    Choices,
    Gaps,
    Reading,
    Rules,
    Scaling,
    Task,
)
from engine.datasets.table.source import Source, find, licence
from engine.datasets.userpath import DataPath
from engine.facts import Facts
from engine.schema import FOUND, Component, option, register

if TYPE_CHECKING:
    from engine.datasets.table.prepare import Prepared
    from engine.datasets.table.reading import RawTable


def _to_names(value: Any) -> Any:
    """One name is a list of one, which is easily written on the command line."""
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


Columns = Annotated[tuple[str, ...], BeforeValidator(_to_names)]


class TableOptions(Component):
    """The options of a table: a base, so that they come before those of the split."""

    path: DataPath = option(
        "", "The file: CSV, TSV, Excel, Parquet or JSON; or sample:cars, sample:seattle_weather."
    )
    target: str = option(
        "",
        "The column to predict; left empty, one called target, label, class or y, or the last.",
        empty=FOUND,
    )
    task: Task = option(
        "auto", "What the target holds; auto: texts and few different whole numbers are classes."
    )
    scaling: Scaling = option(
        "standard",
        "How numbers are scaled: to mean 0 and deviation 1, to 0 to 1, by median and quartiles.",
    )
    gaps: Gaps = option(
        "median",
        "What takes the place of a missing number; indicator: the median, and a feature that "
        "says so; drop: leave out the row.",
    )
    category_gaps: CategoryGaps = option(
        "own", "What takes the place of a missing category; own: a category of gaps."
    )
    categories_as: CategoriesAs = option(
        "one_hot",
        "What becomes of a category: a feature of 0 or 1 for each value; codes: one feature with "
        "the number of the value, for networks with embeddings (tabular, ft_transformer).",
    )
    numbers: Columns = option(
        (), "Columns that hold numbers, whatever they look like.", advanced=True, empty=FOUND
    )
    categories: Columns = option(
        (), "Columns that hold categories, numbered ones too.", advanced=True, empty=FOUND
    )
    dates: Columns = option((), "Columns that hold dates.", advanced=True, empty=FOUND)
    ignore: Columns = option((), "Columns that are left out.", advanced=True)
    missing: Columns = option(
        (), "Texts and numbers that also stand for a gap, such as -999.", advanced=True
    )
    rare: int = option(
        5,
        "Categories with fewer training rows than this are taken together.",
        ge=1,
        unit="rows",
        advanced=True,
    )


@register
class TableFile(SelfSplit, FileOptions, TableOptions):
    """Your own table, one row a sample: a CSV, TSV, Excel, Parquet or JSON file."""

    title: ClassVar[str] = "Table file"
    names_columns: ClassVar[frozenset[str]] = frozenset(
        ["target", "numbers", "categories", "dates", "ignore"]
    )
    name: Literal["table"] = "table"

    def facts(self) -> Facts:
        """Features and target as `build` gives them; the file is read when it is new or changed.

        Raises ProblemError when there is no file, or it is not a table to learn from.
        """
        source = self._source()
        return MEMORY.get((source, self), lambda: self._facts(source, self._prepared(source)))

    def build(self, data_dir: Path, progress: Progress = silent) -> Splits:
        """Read, split, and fit gaps, categories and scaling on the training rows alone."""
        from engine.datasets.table.layout import parts_of
        from engine.datasets.table.tensors import splits_of
        from engine.datasets.table.transform import encode

        source, rules = self._source(), group(Rules, self)
        progress(f"Reading {source.path.name}", None)
        prepared = self._prepared(source)
        facts = self._facts(source, prepared)
        progress(f"Encoding {source.path.name}", None)
        parts = parts_of(prepared, rules)
        encoded = encode(prepared, parts, rules, self.scaling)
        assert encoded.features == facts.features
        return splits_of(prepared, parts, encoded, replace(facts, encoding=encoded.encoding))

    def column_names(self) -> tuple[str, ...]:
        """Those of the file, in order, whatever is made of them."""
        return tuple(map(str, table_raw(self).frame.columns))

    # --- Steps, each remembered ----------------------------------------------------------------

    def _source(self) -> Source:
        return find(self.path)

    def _prepared(self, source: Source) -> Prepared:
        from engine.datasets.table.prepare import prepare
        from engine.datasets.table.reading import read

        reading, choices = group(Reading, self), group(Choices, self)

        def raw() -> RawTable:
            return MEMORY.get((source, reading), lambda: read(source, reading))

        return MEMORY.get((source, reading, choices), lambda: prepare(raw(), choices))

    def _facts(self, source: Source, prepared: Prepared) -> Facts:
        from engine.datasets.table.layout import layout_of

        features, cardinalities = layout_of(prepared, group(Rules, self))
        target = prepared.target
        return Facts("table", (len(features),), target.task, target.names, prepared.rows, features,
                     licence=licence(self.path), cardinalities=cardinalities)  # fmt: skip


def table_notes(dataset: Dataset) -> tuple[Note, ...]:
    """What was assumed of a table and what is left out; ProblemError when it cannot be read."""
    return dataset._prepared(dataset._source()).notes if isinstance(dataset, TableFile) else ()


def table_columns(dataset: Dataset) -> tuple[ColumnSeen, ...]:
    """What each column of the file was taken for, in order; ProblemError as above."""
    return dataset._prepared(dataset._source()).seen if isinstance(dataset, TableFile) else ()


def table_raw(dataset: TableFile) -> RawTable:
    """The table as it stands in the file; ProblemError when it cannot be read."""
    from engine.datasets.table.reading import read

    source, reading = dataset._source(), group(Reading, dataset)
    return MEMORY.get((source, reading), lambda: read(source, reading))


def table_prepared(dataset: TableFile) -> Prepared:
    """The rows that are learned from, before they are split; ProblemError as above."""
    return dataset._prepared(dataset._source())


def training_rows(dataset: TableFile) -> Any:
    """The row of the file that each training sample is, (N,), counted from 0 without the header."""
    from engine.datasets.table.layout import parts_of

    prepared = table_prepared(dataset)
    return prepared.places[parts_of(prepared, group(Rules, dataset)).train]
