"""What sets runs apart: recipe fields that differ, metrics side by side, where they were made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine import yamlfile
from engine.facts import HIGHER_IS_BETTER
from engine.live import flat
from engine.problems import Problem, ProblemError
from engine.recipe import Recipe
from engine.runs.describe import describe_run
from engine.runs.folder import RunFolder
from engine.runs.info import RunInfo
from engine.runs.interventions import read_interventions

_SPLITS = ("test_", "best_val_", "val_", "train_")
"""How the names of metrics begin, the most telling ones first."""


@dataclass(frozen=True)
class Difference:
    """One thing by its dotted path and its value in each run; `...` where a run has no such."""

    path: str
    values: tuple[Any, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain JSON types; `absent` lists the places of the runs that have no such thing."""
        values = [None if value is ... else value for value in self.values]
        absent = [place for place, value in enumerate(self.values) if value is ...]
        return {"path": self.path, "values": values} | ({"absent": absent} if absent else {})


@dataclass(frozen=True)
class MetricRow:
    """One metric in each run, None where it was not measured; `best` are the places of the best,
    empty where there is nothing to choose from."""

    name: str
    values: tuple[float | None, ...]
    best: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {"name": self.name, "values": list(self.values), "best": list(self.best)}


@dataclass(frozen=True)
class Comparison:
    """Runs side by side; the values of every row are in the order of `runs`."""

    runs: tuple[RunInfo, ...]
    recipe: tuple[Difference, ...]
    metrics: tuple[MetricRow, ...]
    environment: tuple[Difference, ...]
    interventions: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "runs": [run.as_json() for run in self.runs],
            "recipe": [difference.as_json() for difference in self.recipe],
            "metrics": [row.as_json() for row in self.metrics],
            "environment": [difference.as_json() for difference in self.environment],
            "interventions": list(self.interventions),
        }


def compare(runs: Sequence[RunFolder]) -> Comparison:
    """Two runs or more side by side, whatever their state. Raises ProblemError for fewer."""
    if len(runs) < 2:
        raise ProblemError(Problem("run", "There is nothing to compare", "name two runs or more"))
    infos = tuple(describe_run(run) for run in runs)
    return Comparison(
        runs=infos,
        recipe=differences([_recipe(run) for run in runs]),
        metrics=_metric_rows([_metrics(info) for info in infos]),
        environment=differences([_environment(run) for run in runs]),
        interventions=tuple(len(read_interventions(run.path)) for run in runs),
    )


def differences(data: Sequence[Mapping[str, Any]]) -> tuple[Difference, ...]:
    """The paths of flat mappings whose values are not all the same, in order of appearance."""
    paths = dict.fromkeys(path for mapping in data for path in mapping)
    rows = (Difference(path, tuple(each.get(path, ...) for each in data)) for path in paths)
    return tuple(row for row in rows if any(value != row.values[0] for value in row.values[1:]))


# --- What is compared ---------------------------------------------------------------------------


_ENVIRONMENT = ("dataset_fingerprint", "preset", "resolved", "packages", "python", "platform",
                "processor", "cores", "host", "git_commit")  # fmt: skip


def _recipe(run: RunFolder) -> dict[str, Any]:
    """The recipe by dotted paths, as its interventions left it, with today's defaults for what an
    older version did not know."""
    data: Any = {}
    try:
        data = yamlfile.load(run.recipe_file)
        data = Recipe.parse(data, whole=True).as_data()
    except ProblemError:  # there is none, or one with a component that is not installed here
        data = data if isinstance(data, dict) else {}
    fields = flat(data)
    for intervention in read_interventions(run.path):
        fields |= intervention.values
    return fields


def _environment(run: RunFolder) -> dict[str, Any]:
    recorded = run.environment()
    return flat({key: recorded[key] for key in _ENVIRONMENT if key in recorded})


def _metrics(run: RunInfo) -> dict[str, float]:
    """The final metrics; of a run without an end the latest and best ones of its validation."""
    if run.metrics:
        return run.metrics
    best = {f"best_{run.best['metric']}": run.best["value"]} if run.best is not None else {}
    return {**run.last, **best}


def _metric_rows(measured: Sequence[Mapping[str, float]]) -> tuple[MetricRow, ...]:
    names = dict.fromkeys(name for metrics in measured for name in metrics)
    ranked = sorted(names, key=_rank)
    columns = [(name, tuple(each.get(name) for each in measured)) for name in ranked]
    return tuple(MetricRow(name, values, _best(name, values)) for name, values in columns)


def _split(name: str) -> str:
    return next((prefix for prefix in _SPLITS if name.startswith(prefix)), "")


def _rank(name: str) -> int:
    """The place of a metric's split in the table; within a split the order stays."""
    return (*_SPLITS, "").index(_split(name))


def _best(name: str, values: Sequence[float | None]) -> tuple[int, ...]:
    """The places of the best values: all that are equally good, none if all are."""
    known = [value for value in values if value is not None]
    higher = HIGHER_IS_BETTER.get(name.removeprefix(_split(name)))
    if higher is None or len(known) < 2 or min(known) == max(known):
        return ()
    best = max(known) if higher else min(known)
    return tuple(place for place, value in enumerate(values) if value == best)
