"""The file of a series: the user's own, or one that comes with the program."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from engine.datasets.table import source as table
from engine.datasets.table.source import PATH, Sample, Source
from engine.datasets.userpath import SAMPLE
from engine.problems import Problem, ProblemError, suggest

SAMPLES = {
    "seattle_temps": Sample("seattle-temps.csv", "public domain (NOAA)"),
    "seattle_weather": Sample("seattle-weather.csv", "public domain (NOAA)"),
    "us_employment": Sample("us-employment.csv", "public domain (U.S. Bureau of Labor Statistics)"),
}
"""An hourly, a daily and a monthly series of the package vega-datasets."""


def find(path: str) -> Source:
    """The file to be read. Raises ProblemError: none chosen, not there, no file, too large."""
    if not path:
        names = ", ".join(f"{SAMPLE}{name}" for name in SAMPLES)
        hint = f"or one of those that come with the program: {names}"
        raise ProblemError(Problem(PATH, "Choose a file: CSV, Excel, Parquet or JSON", hint))
    if path.startswith(SAMPLE):
        return table.find(str(_sample(path.removeprefix(SAMPLE))))
    return table.find(path)


def licence(path: str) -> str:
    """What is known of the licence: of a sample series, not of the user's own."""
    sample = SAMPLES.get(path.removeprefix(SAMPLE)) if path.startswith(SAMPLE) else None
    return sample.licence if sample else ""


def _sample(name: str) -> Path:
    if name not in SAMPLES:
        sentence = f"There is no series {SAMPLE}{name} in the program"
        raise ProblemError(Problem(PATH, sentence, suggest(name, list(SAMPLES))))
    found = importlib.util.find_spec("vega_datasets")  # importing it would import pandas
    if found is None or not found.submodule_search_locations:
        sentence = "The series that come with the program are missing"
        raise ProblemError(Problem(PATH, sentence, "pip install vega-datasets"))
    return Path(found.submodule_search_locations[0]) / "_data" / SAMPLES[name].file
