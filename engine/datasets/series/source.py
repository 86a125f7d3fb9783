"""The file of a series: the user's own, or one that comes with the program."""

from __future__ import annotations

from engine.datasets.table import source as table
from engine.datasets.table.source import Sample, Source, licence_of, not_chosen, vega_file
from engine.datasets.userpath import SAMPLE
from engine.problems import ProblemError

SAMPLES = {
    "seattle_temps": Sample("seattle-temps.csv", "public domain (NOAA)"),
    "seattle_weather": Sample("seattle-weather.csv", "public domain (NOAA)"),
    "us_employment": Sample("us-employment.csv", "public domain (U.S. Bureau of Labor Statistics)"),
}
"""An hourly, a daily and a monthly series of the package vega-datasets."""


def find(path: str) -> Source:
    """The file to be read. Raises ProblemError: none chosen, not there, no file, too large."""
    if not path:
        raise ProblemError(not_chosen(SAMPLES))
    if path.startswith(SAMPLE):
        return table.find(str(vega_file(path.removeprefix(SAMPLE), SAMPLES, "series")))
    return table.find(path)


def licence(path: str) -> str:
    """What is known of the licence: of a sample series, not of the user's own."""
    return licence_of(path, SAMPLES)
