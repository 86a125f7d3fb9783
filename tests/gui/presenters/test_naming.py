"""Components are called by their titles in the window; names that are words stay words."""

from __future__ import annotations

import pytest

from gui.presenters.findings import spoken as finding_spoken
from gui.presenters.naming import spoken
from gui.presenters.recipe import RecipePresenter


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("cross_entropy does not fit diabetes, which is a regression: choose mse, l1, huber",
         "Cross-entropy does not fit Diabetes, which is a regression: choose MSE, L1 (MAE), Huber"),
        ("rnn cannot read table, whose samples are rows",
         "RNN cannot read Table file, whose samples are rows"),
        ("a table of text; choose another step of the series, or a bag",
         "a table of text; choose another step of the series, or a bag"),
        ("choose the column, or set dataset=table for tables of numbers",
         "choose the column, or set “dataset: Table file” for tables of numbers"),
        ("'mse' in /data/mnist/train.csv and sample:mnist.csv",
         "'mse' in /data/mnist/train.csv and sample:mnist.csv"),
        ("it is for tabular, ft_transformer.", "it is for tabular, FT-Transformer."),
        ("dataset.rare takes them together", "rare of the dataset takes them together"),
    ],
)  # fmt: skip
def test_names_become_titles(sentence: str, said: str) -> None:
    assert spoken(sentence) == said


def test_findings_keep_their_settings_in_quotes() -> None:
    assert finding_spoken("set dataset.gaps=mean") == "set “gaps: mean”"


def test_the_problem_of_a_recipe_names_what_the_picker_offers(recipe: RecipePresenter) -> None:
    recipe.choose("loss", "mse")
    (problem,) = recipe.problems_at("loss")
    assert "cross_entropy" in problem.hint  # as it is typed
    assert "Cross-entropy" in spoken(f"{problem.sentence}: {problem.hint}")
