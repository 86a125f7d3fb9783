"""Which curves go where, what is new, and where on the axis things are; no widget."""

from __future__ import annotations

import numpy as np
import pytest

from engine.runs.metriclog import MetricLog, Series
from engine.training.events import Progress
from gui.presenters.curve_layout import NEUTRAL, family_of, layout, split_of
from gui.presenters.curves import (
    SLIDER,
    CurvesPresenter,
    Place,
    position_of,
    weight_of,
)
from gui.presenters.feeds import Feed

CLASSES = (
    "train_loss", "train_accuracy", "lr", "val_loss", "val_accuracy", "val_top5_accuracy", "val_f1",
)  # fmt: skip
REGRESSION = ("train_loss", "train_mae", "lr", "val_loss", "val_mae", "val_rmse", "val_r2")


def filled(names=CLASSES, steps=10, log=None, start=1):
    log = log or MetricLog()
    for step in range(start, start + steps):
        for name in names:
            if not name.startswith("val_") or step % 5 == 0:
                log.append(name, step, step / 5, step * 0.5, 1.0 / step)
    return log


def opened(log=None, main="accuracy", progress=None):
    presenter = CurvesPresenter()
    presenter.open(log if log is not None else filled(), main, progress)
    return presenter


def metrics(plots):
    return {plot.family.key: [curve.metric for curve in plot.curves] for plot in plots}


# --- Layout -----------------------------------------------------------------------------------


def test_classes_show_loss_accuracy_and_learning_rate():
    assert metrics(layout(CLASSES, "accuracy")) == {
        "loss": ["val_loss", "train_loss"],
        "share": ["val_accuracy", "train_accuracy"],
        "lr": ["lr"],
    }


def test_regression_shows_r2_and_the_error_apart_from_it():
    assert metrics(layout(REGRESSION, "r2")) == {
        "loss": ["val_loss", "train_loss"],
        "r2": ["val_r2"],
        "lr": ["lr"],
    }
    extras = frozenset({"mae", "rmse"})
    assert metrics(layout(REGRESSION, "r2", extras)) == {
        "loss": ["val_loss", "train_loss"],
        "r2": ["val_r2"],
        "error": ["val_mae", "train_mae", "val_rmse"],
        "lr": ["lr"],
    }


def test_extras_of_the_same_kind_share_the_plot_in_colours_of_their_own():
    share = layout(CLASSES, "accuracy", frozenset({"f1", "top5_accuracy"}))[1]
    assert [curve.label for curve in share.curves] == ["val", "train", "val F1", "val top-5"]
    assert len({curve.color for curve in share.curves}) == 4
    assert [curve.measured for curve in share.curves] == [True, False, True, True]


def test_the_plots_are_there_before_anything_is_recorded():
    assert metrics(layout((), "accuracy")) == {"loss": [], "share": [], "lr": []}


def test_shares_are_in_percent_and_only_losses_and_errors_can_be_logarithmic():
    assert family_of("accuracy").format == "percent"
    assert family_of("f1").format == "percent"
    can_log = {base: family_of(base).can_log for base in ("loss", "mae", "accuracy", "r2", "lr")}
    assert can_log == {"loss": True, "mae": True, "accuracy": False, "r2": False, "lr": False}


def test_an_unknown_metric_is_a_plot_by_itself():
    (curve,) = layout(("grad_norm",), "accuracy", frozenset({"grad_norm"}))[2].curves
    assert (curve.metric, curve.color) == ("grad_norm", NEUTRAL)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("val_top5_accuracy", ("val", "top5_accuracy")),
        ("lr", ("", "lr")),
        ("value_head", ("", "value_head")),
        ("val_", ("", "val_")),
    ],
)
def test_split_of(name, parts):
    assert split_of(name) == parts


def test_what_is_measured_besides_is_offered_by_name():
    assert opened().offered() == [("top5_accuracy", "Top-5 accuracy"), ("f1", "F1 (macro)")]
    assert opened(filled(REGRESSION), "val_r2").offered() == [("mae", "MAE"), ("rmse", "RMSE")]
    assert opened(filled(("train_loss", "test_loss"))).offered() == []


def test_an_extra_that_this_run_does_not_have_is_no_plot():
    presenter = opened()
    presenter.extras = {"rmse"}
    assert "error" not in metrics(presenter.plots())


# --- What is new ------------------------------------------------------------------------------


def points(updates):
    return {update.key: (update.x.tolist(), update.restarted) for update in updates}


def test_first_everything_then_only_what_was_added():
    log = filled(("train_loss",), steps=3)
    presenter = opened(log)
    assert points(presenter.poll(presenter.plots())) == {"train_loss": ([1, 2, 3], True)}
    assert presenter.poll(presenter.plots()) == []
    filled(("train_loss",), 2, log, start=4)
    assert points(presenter.poll(presenter.plots())) == {"train_loss": ([4, 5], False)}


def test_a_run_that_went_back_is_given_anew_even_if_it_grew_past_the_old_end():
    series = Series()
    for step in range(1, 7):
        series.append(step, 0.0, 0.0, float(step))
    feed = Feed("train_loss")
    feed.poll(series, "step")
    series.truncate(3)
    for step in range(4, 10):
        series.append(step, 0.0, 1.0, -float(step))
    update = feed.poll(series, "step")
    assert update is not None
    assert update.restarted
    assert update.y.tolist() == [1, 2, 3, -4, -5, -6, -7, -8, -9]


def test_a_run_that_went_back_to_nothing_is_emptied_once():
    series = Series()
    series.append(1, 0.0, 0.0, 1.0)
    feed = Feed("train_loss")
    feed.poll(series, "step")
    series.truncate(0)
    update = feed.poll(series, "step")
    assert update is not None
    assert (update.restarted, len(update.x)) == (True, 0)
    assert feed.poll(series, "step") is None


def test_nan_values_count_as_read():
    series = Series()
    series.append(1, 0.0, 0.0, float("nan"))
    feed = Feed("train_loss")
    assert feed.poll(series, "step") is not None
    assert feed.poll(series, "step") is None


@pytest.mark.parametrize(("axis", "xs"), [("epoch", [0.2, 0.4]), ("time", [0.5, 1.0])])
def test_another_axis_gives_all_points_over_it(axis, xs):
    presenter = opened(filled(("train_loss",), steps=2))
    presenter.poll(presenter.plots())
    presenter.set_x_axis(axis)
    assert points(presenter.poll(presenter.plots())) == {"train_loss": (xs, True)}


def test_arrays_are_ready_to_compute_with():
    presenter = opened(filled(("train_loss",)))
    (update,) = presenter.poll(presenter.plots())
    for column in (update.x, update.y):
        assert column.dtype == np.float64
        assert column.flags["C_CONTIGUOUS"]


def test_without_a_source_there_is_nothing():
    presenter = CurvesPresenter()
    assert presenter.poll(presenter.plots()) == []
    assert presenter.best() is None
    assert presenter.place_at(3.0) is None
    assert presenter.offered() == []


# --- Course, places, best ---------------------------------------------------------------------


def test_a_live_course_ends_where_the_training_will():
    presenter = opened(progress=Progress(phase="training", epochs=15, total_steps=18_400))
    assert (presenter.course().end, presenter.course().live) == (18_400.0, True)
    presenter.set_x_axis("epoch")
    assert presenter.course().end == 15.0
    presenter.set_x_axis("time")
    assert (presenter.course().end, presenter.course().live) == (None, True)


def test_a_course_is_over_with_the_training_or_without_one():
    assert not opened(progress=Progress(phase="ended")).course().live
    assert not opened().course().live


def test_places_on_each_axis():
    presenter = opened()
    assert presenter.place_at(4.4) == Place(4, 0.8, 2.0)
    assert presenter.place_at(-5) == Place(1, 0.2, 0.5)
    assert presenter.place_at(99) == Place(10, 2.0, 5.0)
    presenter.set_x_axis("time")
    assert presenter.place_at(2.1) == Place(4, 0.8, 2.0)
    assert presenter.place_of_step(7) == Place(7, 1.4, 3.5)


def evaluations(name, values):
    log = MetricLog()
    for number, value in enumerate(values, start=1):
        log.append(name, 10 * number, float(number), float(number), value)
    return log


def test_the_best_is_the_highest_accuracy_or_the_lowest_error_and_never_nan():
    values = [0.5, 0.9, float("nan"), 0.7, 0.9]
    assert opened(evaluations("val_accuracy", values)).best() == Place(20, 2.0, 2.0)
    assert opened(evaluations("val_mae", values), "mae").best() == Place(10, 1.0, 1.0)
    assert opened(evaluations("val_accuracy", [float("nan")])).best() is None


@pytest.mark.parametrize("metric", ["loss", "mae", "rmse"])
def test_the_best_loss_or_error_is_the_lowest(metric):
    assert best_of(metric, [float("nan"), 0.9, 0.3, 0.5]) == (3, 0.3)


@pytest.mark.parametrize("metric", ["accuracy", "f1", "r2", "top5_accuracy"])
def test_the_best_of_other_metrics_is_the_highest(metric):
    assert best_of(metric, [float("nan"), 0.3, 0.9, 0.5]) == (3, 0.9)


def best_of(metric, values):
    presenter = opened(evaluations(f"val_{metric}", values), metric)
    best = next(filter(None, map(presenter.best_value, presenter.plots())))
    return best.place.step // 10, best.value


def test_what_is_marked_as_best_goes_before_what_is_computed():
    presenter = opened(evaluations("val_accuracy", [0.5, 0.9, 0.7]))
    presenter.mark_best(3.0, 30)
    assert presenter.best() == Place(30, 3.0, 3.0)
    presenter.open(evaluations("val_accuracy", [0.5]), "accuracy")
    assert presenter.best() == Place(10, 1.0, 1.0)


# --- Choices ----------------------------------------------------------------------------------


def test_only_curves_of_every_batch_are_smoothed():
    presenter = opened()
    curves = {c.metric: presenter.weight(c) for plot in presenter.plots() for c in plot.curves}
    assert curves == {
        "val_loss": 0.0, "train_loss": 0.8, "val_accuracy": 0.0, "train_accuracy": 0.8, "lr": 0.0,
    }  # fmt: skip


def test_the_slider_covers_no_smoothing_to_a_thousand_points():
    assert weight_of(0) == 0.0
    assert weight_of(SLIDER) == pytest.approx(0.999)
    assert [position_of(weight_of(at)) for at in range(SLIDER + 1)] == list(range(SLIDER + 1))


def test_choices_survive_and_nonsense_does_not():
    presenter = CurvesPresenter()
    presenter.x_axis, presenter.smoothing, presenter.log = "time", 0.5, True
    presenter.hidden, presenter.extras = {"train_loss"}, {"f1"}
    other = CurvesPresenter()
    other.restore(presenter.settings())
    assert other.settings() == presenter.settings()
    other.restore({"x_axis": "weeks", "smoothing": 7, "log": "yes", "hidden": 3, "extras": [1]})
    assert other.settings() == {**presenter.settings(), "extras": []}
