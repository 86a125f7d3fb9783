"""Own code in the window: what waits, what is shown, what a word changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import consent
from engine.consent import NotAllowed
from engine.problems import Problem
from gui.presenters.consent import ConsentPresenter, not_allowed
from gui.presenters.messages import Message, Messages
from gui.presenters.possible import Situation, State, possible
from gui.presenters.previews import Preview
from gui.presenters.recipe import RecipePresenter
from tests.gui.fakes import FakePreviews

CODE = """
import numpy as np
def datasets():
    return np.random.rand(40, 3), np.arange(40) % 2
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(CODE)
    return path


@pytest.fixture
def presenter(recipe: RecipePresenter, messages: Messages, file: Path) -> ConsentPresenter:
    made = ConsentPresenter(recipe, messages)
    recipe.choose("dataset", "python")
    recipe.set("dataset.path", str(file))
    return made


def test_a_file_waits_until_it_is_allowed(presenter, recipe, file):
    (waiting,) = presenter.waiting
    assert waiting.file == file
    assert waiting.path == "dataset.path"
    assert recipe.recipe is None
    code = presenter.look(waiting)
    assert code is not None
    assert code.text == CODE
    assert presenter.allow(code)
    assert presenter.waiting == []
    assert recipe.recipe is not None
    assert consent.allowed(file)


def test_a_file_that_changed_meanwhile_is_not_allowed(presenter, file, said: list[Message]):
    code = presenter.look(presenter.waiting[0])
    file.write_text(CODE + "#")
    assert not presenter.allow(code)
    assert "changed while" in said[-1].text
    assert presenter.waiting


def test_a_file_that_is_gone_is_said(presenter, file, said: list[Message]):
    waiting = presenter.waiting[0]
    file.unlink()
    assert presenter.look(waiting) is None
    assert "There is no file" in said[-1].text


def test_start_can_be_pressed_when_only_a_word_is_missing():
    code = NotAllowed("dataset.path", "a.py is code", "", Path("a.py"))
    assert possible("start", Situation(State.IDLE, [code])).enabled
    other = Problem("optimizer.lr", "too large")
    assert not possible("start", Situation(State.IDLE, [code, other])).enabled
    assert not_allowed([code, other, code]) == [code]


def test_the_preview_says_what_it_waits_for(
    presenter, recipe: RecipePresenter, previews: FakePreviews, wait
):
    preview: Preview[str] = Preview(previews, recipe, ("dataset",), lambda *_: "samples")
    preview.want(True)
    wait(lambda: preview.status == "failed")
    assert isinstance(preview.problem, NotAllowed)
    assert previews.requests == []
    presenter.allow(presenter.look(presenter.waiting[0]))
    wait(lambda: bool(previews.requests))
    previews.run()
    assert preview.value == "samples"
    preview.close()
