"""scikit-learn's transformers, fitted on the training rows alone: gaps, categories, scaling."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.datasets.split import Indices, Parts
from engine.datasets.table.columns import Column
from engine.datasets.table.layout import feature, mark
from engine.datasets.table.options import Rules, Scaling
from engine.datasets.table.prepare import Prepared
from engine.datasets.table.rows import ENCODING_FORMAT
from engine.datasets.table.values import MISSING, RARE

Floats = npt.NDArray[np.float32]
SCALERS = {"standard": "StandardScaler", "minmax": "MinMaxScaler", "robust": "RobustScaler"}


@dataclass(frozen=True, eq=False)
class Encoded:
    """The rows as numbers (N, features) by part, and for each feature what is subtracted from it
    and what it is then divided by: `offset` and `scale` (features,)."""

    train: Floats
    val: Floats
    test: Floats
    features: tuple[str, ...]
    offset: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]
    encoding: str


def encode(prepared: Prepared, parts: Parts, rules: Rules, scaling: Scaling) -> Encoded:
    """Fit on the training rows, encode all of them. Nothing is learned from val and test."""
    frame = _frame(prepared, parts.train)
    fitted = _transformer(prepared, rules).fit(frame.iloc[parts.train])
    train, val, test = (
        _numbered(fitted.transform(frame.iloc[rows]).astype(np.float32), prepared, fitted, rules)
        for rows in (parts.train, parts.val, parts.test)
    )
    offset, scale = _scale(train, len(prepared.numbers), scaling)
    about = _described(prepared, fitted, rules)
    text = json.dumps(about, ensure_ascii=False)
    return Encoded(train, val, test, tuple(about["features"]), offset, scale, text)


def _frame(prepared: Prepared, train: Indices) -> Any:
    import pandas as pd

    labels = {column.name: _texts(column, train) for column in prepared.categories}
    return pd.DataFrame({**prepared.numbers, **labels})


def _texts(column: Column, train: Indices) -> npt.NDArray[np.object_]:
    """Each row's label, nan where there is a gap. Of a column that is all gaps in training there
    is no most frequent value: its gaps are a category, whatever the rule."""
    gap = MISSING if column.missing[train].all() else np.nan
    # the code -1 of a gap is the last place of the table
    found: npt.NDArray[np.object_] = np.array([*column.labels, gap], dtype=object)[column.codes]
    return found


def _transformer(prepared: Prepared, rules: Rules) -> Any:
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

    marked = rules.gaps == "indicator"
    strategy = rules.gaps if rules.gaps in ("mean", "most_frequent") else "median"
    numbers = SimpleImputer(strategy=strategy, add_indicator=marked, keep_empty_features=True)
    own = {"strategy": "constant", "fill_value": MISSING}
    usual = {"strategy": "most_frequent"}
    filled = SimpleImputer(**(usual if rules.category_gaps == "most_frequent" else own))
    one_hot = OneHotEncoder(
        min_frequency=rules.rare, handle_unknown="infrequent_if_exist", sparse_output=False,
        dtype=np.float32,
    )  # fmt: skip
    ordinal = OrdinalEncoder(
        min_frequency=rules.rare, handle_unknown="use_encoded_value", unknown_value=-1,
        dtype=np.float32,
    )  # fmt: skip
    encoder = ordinal if rules.categories_as == "codes" else one_hot
    steps = [
        ("numbers", numbers, list(prepared.numbers)),
        ("categories", make_pipeline(filled, encoder), [c.name for c in prepared.categories]),
    ]
    return ColumnTransformer([step for step in steps if step[2]])


def _numbered(rows: Floats, prepared: Prepared, fitted: Any, rules: Rules) -> Floats:
    """Codes (N, categories), the last columns of `rows`, are counted from 1. What scikit-learn
    numbers -1 (unknown) or above all that are kept (rare) is 0."""
    if rules.categories_as == "codes" and prepared.categories:
        codes = rows[:, -len(prepared.categories) :]
        most = [len(_kept(fitted, place)[0]) for place in range(codes.shape[1])]
        codes += 1
        codes[codes > most] = 0
    return rows


def _scale(
    train: Floats, numbers: int, scaling: Scaling
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Only measures are scaled: 0 and 1 of a category are a good scale already, codes are none."""
    offset, scale = np.zeros(train.shape[1]), np.ones(train.shape[1])
    if scaling == "none" or not numbers:
        return offset, scale
    from sklearn import preprocessing

    scaler = getattr(preprocessing, SCALERS[scaling])().fit(train[:, :numbers].astype(np.float64))
    centre = {"standard": "mean_", "minmax": "data_min_", "robust": "center_"}[scaling]
    width = getattr(scaler, "data_range_" if scaling == "minmax" else "scale_")
    offset[:numbers] = getattr(scaler, centre)
    scale[:numbers] = np.where(width > 0, width, 1.0)
    return offset, scale


# --- In words --------------------------------------------------------------------------------


def _described(prepared: Prepared, fitted: Any, rules: Rules) -> dict[str, Any]:
    """What was fitted, as plain values: all that it takes to encode another row alike."""
    numbers, marks = _numbers(prepared, fitted)
    categories = _categories(prepared, fitted, rules)
    features = [*prepared.numbers, *(mark(name) for name in marks)]
    for about in categories:
        column, values = about["column"], about.get("features", ())
        features += [column] if "codes" in about else [feature(column, value) for value in values]
    return {
        "format": ENCODING_FORMAT,
        "decimal": prepared.decimal,
        "missing": list(prepared.missing),
        "numbers": numbers,
        "marks": marks,
        "categories": categories,
        "features": features,
    }


def _numbers(prepared: Prepared, fitted: Any) -> tuple[list[dict[str, Any]], list[str]]:
    if not prepared.numbers:
        return [], []
    imputer = fitted.named_transformers_["numbers"]
    about = []
    for name, fill in zip(prepared.numbers, imputer.statistics_.tolist(), strict=True):
        source = {"column": name}
        if name in prepared.calendar:
            date, part = prepared.calendar[name]
            source = {"column": date.name, "part": part, "form": date.form}
        about.append({**source, "feature": name, "fill": fill})
    names = list(prepared.numbers)
    marked = imputer.indicator_.features_ if imputer.add_indicator else []
    return about, [names[place] for place in marked]


def _categories(prepared: Prepared, fitted: Any, rules: Rules) -> list[dict[str, Any]]:
    if not prepared.categories:
        return []
    filled = fitted.named_transformers_["categories"].steps[0][1]
    about = []
    for place, column in enumerate(prepared.categories):
        kept, rare = _kept(fitted, place)
        source = {"column": column.name, "fill": filled.statistics_[place]}
        if rules.categories_as == "codes":
            about.append({**source, "codes": kept})
        else:
            about.append({**source, "features": [*kept, RARE] if rare else kept})
    return about


def _kept(fitted: Any, place: int) -> tuple[list[str], bool]:
    """The values of a category that are told apart, in order, and whether others are rare."""
    encoder = fitted.named_transformers_["categories"].steps[1][1]
    rare = encoder.infrequent_categories_[place]
    together = set() if rare is None else set(rare.tolist())
    return [v for v in encoder.categories_[place].tolist() if v not in together], bool(together)
