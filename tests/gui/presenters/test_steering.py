"""Steering a training: what an edit of the recipe means for it, and what becomes of the answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.training import commands as c
from engine.training import events as e
from gui.presenters import edits
from gui.presenters.freezing import FreezePresenter
from gui.presenters.messages import Message, Messages
from gui.presenters.recipe import RecipePresenter
from gui.presenters.reports import Reporter
from gui.presenters.steering import HINT, SteeringPresenter, SteeringView
from gui.presenters.training import TrainingPresenter
from tests.gui.fakes import FakeWorker, ended, started
from tests.gui.run_folders import intervened


@pytest.fixture
def training(worker: FakeWorker, recipe: RecipePresenter) -> TrainingPresenter:
    return TrainingPresenter(worker, recipe, Path("/runs"), Path("/data"))


@pytest.fixture
def steering(
    training: TrainingPresenter, recipe: RecipePresenter, worker: FakeWorker
) -> SteeringPresenter:
    """Of a training that runs."""
    made = SteeringPresenter(training, recipe)
    training.start()
    worker.tell(started())
    return made


def view(steering: SteeringPresenter) -> SteeringView:
    found = steering.view()
    assert found is not None
    return found


def test_without_a_training_nothing_is_said(
    training: TrainingPresenter, recipe: RecipePresenter
) -> None:
    steering = SteeringPresenter(training, recipe)
    recipe.set("optimizer.lr", 0.001)
    assert steering.view() is None
    assert not steering.can_apply().enabled
    assert recipe.when("optimizer.lr") == ""


def test_as_long_as_nothing_is_edited_a_hint_says_what_could_be(
    steering: SteeringPresenter,
) -> None:
    assert view(steering) == SteeringView(hint=HINT, can_apply=steering.can_apply())


def test_edits_are_told_apart_by_when_they_take_effect(
    steering: SteeringPresenter, recipe: RecipePresenter
) -> None:
    recipe.set("optimizer.lr", 0.001)
    recipe.set("regularization.dropout", 0.25)
    recipe.set("architecture.hidden", [16])
    assert view(steering).now == "2 changes can be applied now: learning rate, dropout"
    assert view(steering).later == "1 waits for the next run: hidden"
    assert recipe.when("optimizer.lr") == "now"
    assert recipe.when("architecture.hidden") == "next"
    assert recipe.when("training.batch_size") == ""


def test_a_component_chosen_anew_waits_as_one_with_all_its_options(
    steering: SteeringPresenter, recipe: RecipePresenter
) -> None:
    recipe.choose("optimizer", "sgd")
    assert recipe.edit.changes == {}
    assert view(steering).later == "1 waits for the next run: optimizer"
    assert recipe.when("optimizer") == "next"
    assert recipe.when("optimizer.lr") == ""


def test_a_group_switched_on_waits_as_one(
    steering: SteeringPresenter, recipe: RecipePresenter
) -> None:
    recipe.switch("regularization.early_stopping", True)
    assert recipe.edit.later == ("regularization.early_stopping",)


def test_apply_posts_the_changes_and_the_event_settles_them(
    steering: SteeringPresenter, recipe: RecipePresenter, worker: FakeWorker,
    training: TrainingPresenter,
) -> None:  # fmt: skip
    recipe.set("optimizer.lr", 0.001)
    recipe.set("training.seed", 7)
    steering.apply()
    command = c.Intervene.of({"optimizer.lr": 0.001})
    assert worker.commands() == [command]
    assert "Applying learning rate" in view(steering).now
    assert not steering.can_apply().enabled
    worker.tell(e.Intervened(intervened(12, "optimizer.lr", 0.003, 0.001)))
    worker.answer(command, "lr 0.003 → 0.001")
    assert view(steering).now == ""
    assert view(steering).later.startswith("1 waits")
    assert training.trained is not None
    assert training.trained.optimizer.lr == 0.001


def test_a_refusal_is_said_until_the_next_edit(
    steering: SteeringPresenter, recipe: RecipePresenter, worker: FakeWorker
) -> None:
    recipe.set("training.epochs", 1)
    steering.apply()
    (command,) = worker.commands()
    worker.answer(command, "3 epochs are done already", ok=False, hint="ask for more")
    assert view(steering).refused == "3 epochs are done already: ask for more"
    assert steering.can_apply().enabled
    recipe.set("training.epochs", 7)
    assert view(steering).refused == ""


def test_an_edit_asked_for_once_can_be_edited_on_before_it_takes_effect(
    steering: SteeringPresenter, recipe: RecipePresenter, worker: FakeWorker
) -> None:
    recipe.set("optimizer.lr", 0.001)
    steering.apply()
    recipe.set("optimizer.lr", 0.002)
    assert steering.can_apply().enabled
    worker.tell(e.Intervened(intervened(12, "optimizer.lr", 0.003, 0.001)))
    assert view(steering).now == "1 change can be applied now: learning rate"


def test_while_paused_inside_a_step_the_answer_says_when(
    steering: SteeringPresenter, recipe: RecipePresenter, worker: FakeWorker
) -> None:
    worker.tell(e.Paused(1, 3, 3))
    recipe.set("optimizer.lr", 0.001)
    steering.apply()
    (command,) = worker.commands()
    worker.answer(command, "Takes effect when this step is over")
    assert "as soon as the step in progress is over" in view(steering).now


def test_taking_back_gives_what_is_in_training_and_can_be_undone(
    steering: SteeringPresenter, recipe: RecipePresenter
) -> None:
    recipe.set("optimizer.lr", 0.001)
    recipe.set("regularization.dropout", 0.25)
    recipe.set("architecture.hidden", [16])
    steering.take_back()
    assert recipe.get("optimizer.lr") == 0.003
    assert recipe.get("regularization.dropout") == 0.0
    assert recipe.get("architecture.hidden") == [16]
    recipe.undo()
    assert recipe.get("optimizer.lr") == 0.001
    assert recipe.get("regularization.dropout") == 0.25


def test_a_recipe_with_a_problem_cannot_be_applied(
    steering: SteeringPresenter, recipe: RecipePresenter, worker: FakeWorker
) -> None:
    recipe.set("optimizer.lr", -1.0)
    assert not steering.can_apply().enabled
    steering.apply()
    assert worker.commands() == []


def test_a_change_made_by_the_log_of_a_run_is_taken_over_by_the_form(
    steering: SteeringPresenter, recipe: RecipePresenter, worker: FakeWorker
) -> None:
    recipe.set("regularization.dropout", 0.25)
    worker.tell(e.Intervened(intervened(12, "optimizer.lr", 0.003, 0.001)))
    worker.tell(e.Intervened(intervened(13, "regularization.dropout", 0.0, 0.1)))
    assert recipe.get("optimizer.lr") == 0.001
    assert recipe.get("regularization.dropout") == 0.25, "an edit is never overwritten"
    assert tuple(recipe.edit.changes) == ("regularization.dropout",)


def test_another_recipe_is_none_of_the_trainings_until_it_is_shown_again(
    steering: SteeringPresenter, recipe: RecipePresenter
) -> None:
    steering.let_go()
    recipe.set("optimizer.lr", 0.001)
    assert view(steering).other
    assert recipe.when("optimizer.lr") == ""
    assert not steering.can_apply().enabled
    steering.take_up()
    assert not view(steering).other
    assert recipe.when("optimizer.lr") == "now"


def test_when_the_training_ends_what_was_not_applied_is_said_until_it_is_taken_back(
    steering: SteeringPresenter, recipe: RecipePresenter, worker: FakeWorker
) -> None:
    recipe.set("optimizer.lr", 0.001)
    worker.tell(ended())
    said = "Not applied before the training ended: learning rate waits for the next run"
    assert view(steering).later == said
    assert view(steering).now == ""
    recipe.set("regularization.dropout", 0.25)
    assert view(steering).later == said
    recipe.set("optimizer.lr", 0.003)
    assert steering.view() is None
    assert recipe.when("optimizer.lr") == ""


def test_a_change_is_told_in_the_message_area(
    training: TrainingPresenter, steering: SteeringPresenter, worker: FakeWorker,
    messages: Messages, said: list[Message],
) -> None:  # fmt: skip
    reporter = Reporter(training, messages)
    worker.tell(e.Intervened(intervened(1200, "optimizer.lr", 0.003, 0.001)))
    worker.tell(e.Recovered("Metrics are written again"))
    worker.tell(e.Compiling())
    worker.tell(e.Compiled(12.34))
    assert [message.text for message in said] == [
        "Changed at step 1,200: lr 0.003 → 0.001",
        "Metrics are written again",
        "Compiling the network for a new shape of batches",
        "The network was compiled in 12.3 s",
    ]
    reporter.deleteLater()


def test_many_fields_are_counted_and_not_all_named() -> None:
    paths = [f"training.{name}" for name in ("a", "b", "c", "d")]
    assert edits.names(paths) == "a, b, c, d"
    assert edits.names([*paths, "training.e"]) == "a, b, c and 2 more"


# --- Frozen layers -------------------------------------------------------------------------------


def test_freezing_takes_effect_at_once_and_leaves_other_edits_alone(
    steering: SteeringPresenter, recipe: RecipePresenter, worker: FakeWorker
) -> None:
    freezing = FreezePresenter(recipe, steering)
    recipe.set("optimizer.lr", 0.001)
    steering.set_freeze(["0"])
    assert worker.commands() == [c.Intervene.of({"training.freeze": ["0"]})]
    assert freezing.names == ("0",)
    assert recipe.when("optimizer.lr") == "now"


def test_before_a_training_freezing_edits_the_recipe(
    training: TrainingPresenter, recipe: RecipePresenter, worker: FakeWorker
) -> None:
    SteeringPresenter(training, recipe).set_freeze(["0"])
    assert recipe.recipe is not None
    assert recipe.recipe.training.freeze == ("0",)
    assert worker.recipes == []
