"""What kind of values a column holds, and the values in a form that can be counted with."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.datasets.table import values
from engine.datasets.table.notes import listed
from engine.datasets.table.options import Kind
from engine.wording import counted

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]

MAX_CATEGORIES = 100
"""Different values up to which texts are categories; the user may name columns with more."""
MOSTLY = 0.95
"""The part of a column's values that must be numbers or dates to make it one; the rest are gaps."""
_PROBED = 500
"""Different values that are tried before all of them are."""
_IDENTIFIER = re.compile(r"(?i:(.*[_\W])?(id|uuid|guid|index))|.*[a-z](Id|ID)")
_FIRST = ("column_1", "row", "Unnamed: 0")
"""Names of a first column that has none in the file."""


@dataclass(frozen=True, eq=False)
class Column:
    """One column. `numbers` (N,) of a number, nan where there is a gap; `dates` (N,) datetime64;
    of all others `codes` (N,), places in `labels`, -1 for a gap. `form` is how a date is written,
    empty where the file has dates and no texts. `said` is what was assumed."""

    name: str
    kind: Kind
    distinct: int
    gaps: int
    numbers: Floats | None = None
    dates: Any = None
    codes: Codes | None = None
    labels: tuple[str, ...] = ()
    form: str = ""
    said: tuple[str, ...] = ()

    @property
    def missing(self) -> npt.NDArray[np.bool_]:
        """Where there are gaps (N,)."""
        if self.numbers is not None:
            return np.isnan(self.numbers)
        if self.dates is not None:
            return np.asarray(np.isnat(self.dates))
        assert self.codes is not None
        return self.codes < 0

    def taken(self, rows: npt.NDArray[np.intp]) -> Column:
        """The same column with these rows alone."""
        parts = {name: getattr(self, name) for name in ("numbers", "dates", "codes")}
        return replace(self, **{k: v[rows] for k, v in parts.items() if v is not None})


@dataclass(frozen=True)
class Wish:
    """How to look at a column: the kind that the user says it is, if so, the decimal mark, and
    the texts that stand for gaps beside the usual ones."""

    kind: Kind | None = None
    decimal: str = "."
    missing: frozenset[str] = frozenset()


def column_of(name: str, series: Any, wish: Wish) -> Column:
    """The column of a pandas series."""
    import pandas as pd

    if isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(object)
    if pd.api.types.is_datetime64_any_dtype(series.dtype) and wish.kind in (None, "date"):
        return _date(name, _naive(series))
    if pd.api.types.is_timedelta64_dtype(series.dtype):
        series = series.dt.total_seconds()
    numeric = pd.api.types.is_numeric_dtype(series.dtype)
    if numeric and not pd.api.types.is_bool_dtype(series.dtype) and wish.kind in (None, "number"):
        return _number(name, _floats(series, wish.missing), wish)
    return _labelled(name, series, wish)


def _floats(series: Any, missing: frozenset[str]) -> Floats:
    found: Floats = series.to_numpy(dtype=np.float64, na_value=np.nan).copy()
    found[~(np.abs(found) < values.LARGEST)] = np.nan
    excluded = [value for text in missing if (value := values.number(text)) is not None]
    found[np.isin(found, excluded)] = np.nan
    return found


def _number(name: str, numbers: Floats, wish: Wish, said: tuple[str, ...] = ()) -> Column:
    known = numbers[~np.isnan(numbers)]
    distinct = np.unique(known)
    counts = wish.kind is None and _is_identifier(name, known, distinct)
    kind: Kind = "identifier" if counts else "number"
    gaps = len(numbers) - len(known)
    return Column(name, kind, len(distinct), gaps, numbers=numbers, said=said)


def _is_identifier(name: str, known: Floats, distinct: Floats) -> bool:
    """Whole numbers, each once, called an id; or the numbers of the rows, whatever their name."""
    if len(distinct) < len(known) or len(known) < 2 or (distinct % 1).any():
        return False
    in_turn = bool((np.diff(known) == 1).all()) and known[0] in (0, 1)
    return in_turn or name in _FIRST or called_an_id(name)


def called_an_id(name: str) -> bool:
    """Whether a name says that the column tells rows apart: `id`, `customer_id`, `PassengerId`."""
    return _IDENTIFIER.fullmatch(name) is not None


def _naive(series: Any) -> Any:
    zoned = getattr(series.dt, "tz", None) is not None
    return (series.dt.tz_localize(None) if zoned else series).to_numpy()


def _date(name: str, dates: Any, form: str = "", said: tuple[str, ...] = ()) -> Column:
    missing = np.isnat(dates)
    distinct = len(np.unique(dates[~missing]))
    return Column(name, "date", distinct, int(missing.sum()), dates=dates, form=form, said=said)


# --- Columns of texts ------------------------------------------------------------------------


def _labelled(name: str, series: Any, wish: Wish) -> Column:
    """A column of texts, truth values, or anything else that can be counted."""
    import pandas as pd

    try:
        codes, uniques = pd.factorize(series)
    except TypeError:  # lists and mappings in the cells
        return Column(name, "other", 0, 0, codes=np.full(len(series), -1, np.int32))
    codes, labels = _merged(codes, [values.label(unique) for unique in uniques], wish.missing)
    counts = np.bincount(codes[codes >= 0], minlength=len(labels))
    column = Column(name, "category", len(labels), int((codes < 0).sum()), codes=codes,
                    labels=tuple(labels))  # fmt: skip
    if wish.kind in (None, "number"):
        found = _as_numbers(column, counts, wish)
        if found is not None:
            return found
    if wish.kind in (None, "date"):
        dates = _as_dates(column, counts, wish)
        if dates is not None:
            return dates
    return column if wish.kind == "category" else replace(column, kind=_kind_of_texts(column))


def _merged(codes: Any, labels: list[str], missing: frozenset[str]) -> tuple[Codes, list[str]]:
    """Codes by sorted labels: what differs only in the spaces around it is one value, and what
    stands for a gap is -1."""
    known = sorted({text for text in labels if text and text not in missing})
    places = {text: place for place, text in enumerate(known)}
    table = np.array([*(places.get(text, -1) for text in labels), -1], np.int32)
    return table[codes], known  # the code -1 of a gap is the last place of the table


def _kind_of_texts(column: Column) -> Kind:
    rows = len(column.codes) if column.codes is not None else 0
    given = rows - column.gaps
    few = column.distinct <= MAX_CATEGORIES and column.distinct * 2 <= max(given, 4)
    if few:
        return "category"
    unique = column.distinct == given and not any(" " in text for text in column.labels[:100])
    return "identifier" if unique else "text"


def _as_numbers(column: Column, counts: Any, wish: Wish) -> Column | None:
    """The column as numbers when most of its values are; or all that are, if so wished."""
    forced = wish.kind == "number"
    probed = [values.number(text, wish.decimal) for text in column.labels[:: _step(column)]]
    if not forced and sum(found is not None for found in probed) * 2 < max(1, len(probed)):
        return None
    found = [values.number(text, wish.decimal) for text in column.labels]
    strange = [text for text, value in zip(column.labels, found, strict=True) if value is None]
    table = np.array([np.nan if value is None else value for value in [*found, None]], np.float64)
    share = counts[~np.isnan(table[:-1])].sum() / max(1, counts.sum())
    if not (forced or share >= MOSTLY) or not share:
        return None
    assert column.codes is not None
    bad = int(counts[np.isnan(table[:-1])].sum())
    return _number(column.name, table[column.codes], wish, _no(bad, "number", strange))


def _as_dates(column: Column, counts: Any, wish: Wish) -> Column | None:
    """The column as dates, in the first format that fits all of them, or else most."""
    import pandas as pd

    forced = wish.kind == "date"
    plain = pd.Series([values.plain_date(text) for text in column.labels], dtype=object)
    formats = values.DATE_FORMATS + (values.RARE_DATE_FORMATS if forced else ())
    best, written, most = None, "", 0.0
    for form in formats:
        if not forced and pd.to_datetime(plain[:: _step(column)], format=form,
                                         errors="coerce").isna().mean() > 0.5:  # fmt: skip
            continue
        dates = pd.to_datetime(plain, format=form, errors="coerce")
        share = counts[dates.notna().to_numpy()].sum() / max(1, counts.sum())
        if share > most:
            best, written, most = dates, form, share
        if share == 1:
            break
    if best is None or not (forced or most >= MOSTLY):
        return None
    table = np.append(best.to_numpy(), np.datetime64("NaT"))
    strange = [column.labels[place] for place in np.flatnonzero(best.isna())]
    bad = int(counts[best.isna().to_numpy()].sum())
    return _date(column.name, table[column.codes], written, _no(bad, "date", strange))


def _step(column: Column) -> int:
    return max(1, len(column.labels) // _PROBED)


def _no(count: int, what: str, strange: list[str]) -> tuple[str, ...]:
    if not count:
        return ()
    shown = listed([repr(text) for text in strange])
    said = "is no" if count == 1 else "are no"
    noun = what if count == 1 else f"{what}s"
    return (f"{counted(count, 'value')} {said} {noun} and counted as a gap: {shown}",)
