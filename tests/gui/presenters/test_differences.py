"""What sets runs apart, in words, as text and as CSV."""

from __future__ import annotations

import csv
import io

import pytest

from engine.recipe import Recipe
from engine.runs.compare import Comparison, Difference, MetricRow
from engine.runs.library import describe_run
from gui.presenters.compared import ComparedPresenter
from gui.presenters.differences import NONE, DifferencesPresenter, table_of
from tests.gui.conftest import DATA
from tests.gui.run_folders import make_run
from tests.gui.run_infos import info


def table(**more):
    known = {
        "runs": (info("a", title="wide"), info("b", title="narrow")),
        "recipe": (
            Difference("optimizer.lr", (0.003, 0.01)),
            Difference("optimizer.momentum", (..., 0.9)),
            Difference("architecture.hidden", ([64, 32], [16])),
        ),
        "metrics": (
            MetricRow("test_accuracy", (0.981, 0.986), (1,)),
            MetricRow("best_val_accuracy", (0.99, None), ()),
            MetricRow("val_mae", (0.5, 0.25), (1,)),
        ),
        "environment": (Difference("packages.torch", ("2.12.0", "2.13.0")),),
        "interventions": (0, 2),
    }
    return table_of(Comparison(**{**known, **more}))


def lines(found):
    return {row.label: row.texts for row in found.rows if not row.heading}


def test_options_are_told_in_words_and_values_as_people_write_them():
    found = lines(table())
    assert found["learning rate of the optimizer"] == ("0.003", "0.01")
    assert found["momentum of the optimizer"] == (NONE, "0.9")
    assert found["hidden of the architecture"] == ("[64, 32]", "[16]")
    assert found["changes while it was trained"] == ("0", "2")
    assert found["packages torch"] == ("2.12.0", "2.13.0")


def test_values_are_side_by_side_with_the_best_marked():
    found = table()
    assert lines(found)["test accuracy"] == ("98.1 %", "98.6 %")
    assert lines(found)["best validation accuracy"] == ("99.0 %", NONE)
    assert lines(found)["validation MAE"] == ("0.500", "0.250")
    best = {row.label: row.best for row in found.rows}
    assert best["test accuracy"] == {1}
    assert best["best validation accuracy"] == frozenset()


def test_headings_stand_only_over_something():
    headings = [row.label for row in table().rows if row.heading]
    assert headings == ["Recipe", "Measured", "Made with"]
    bare = table(recipe=(), metrics=(), environment=(), interventions=(0, 0))
    assert [row.label for row in bare.rows] == ["The recipes are the same"]


def test_as_text_the_columns_stand_below_each_other():
    text = table().as_text().splitlines()
    assert text[0].split() == ["wide", "narrow"]
    place = text[0].index("narrow")
    row = next(line for line in text if line.startswith("test accuracy"))
    assert row[place:] == "98.6 % *"


def test_as_csv_every_line_has_a_cell_for_each_run():
    rows = list(csv.reader(io.StringIO(table().as_csv())))
    assert rows[0] == ["", "wide", "narrow"]
    assert {len(row) for row in rows} == {3}
    assert ["learning rate of the optimizer", "0.003", "0.01"] in rows


@pytest.fixture
def runs(tmp_path):
    recipes = [Recipe.parse(DATA), Recipe.parse({**DATA, "optimizer": "sgd"})]
    return [describe_run(make_run(tmp_path, recipe).folder) for recipe in recipes]


def test_it_is_worked_out_in_the_background_for_two_runs_or_more(qapp, previews, messages, runs):
    compared = ComparedPresenter(previews, messages)
    differences = DifferencesPresenter(previews, compared)
    compared.choose(runs[0])
    previews.run()
    assert differences.shown is None
    compared.choose(runs[1])
    assert differences.shown is None
    previews.run()
    assert lines(differences.shown)["optimizer"] == ("adamw", "sgd")
    compared.choose(runs[0], False)
    assert differences.shown is None
    previews.run()
    assert differences.shown is None
