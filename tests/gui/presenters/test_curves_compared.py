"""Curves of other runs laid over the open one: which, in which order, and what is new of them."""

from __future__ import annotations

from gui.presenters.curve_layout import Overlay, layout, run_of
from gui.presenters.curves import CurvesPresenter
from gui.presenters.feeds import Compared
from tests.gui.presenters.test_curves import CLASSES, REGRESSION, filled, opened


def compared(key, log, color=3, main="accuracy"):
    return Compared(key, f"run {key}", log, color, main)


def keys(presenter):
    return {update.key: update.restarted for update in presenter.poll(presenter.plots())}


def test_the_open_runs_curves_come_first_and_so_are_in_front():
    plots = layout(
        CLASSES, "accuracy", overlays=(Overlay("a", 4, CLASSES), Overlay("b", 5, CLASSES))
    )
    assert [curve.key for curve in plots[0].curves] == [
        "val_loss", "train_loss", "val_loss of a", "train_loss of a", "val_loss of b",
        "train_loss of b",
    ]  # fmt: skip
    assert [curve.color for curve in plots[0].curves[2:]] == [4, 4, 5, 5]
    assert [curve.measured for curve in plots[0].curves[2:4]] == [True, False]
    assert [curve.key for curve in plots[2].curves] == ["lr", "lr of a", "lr of b"]


def test_of_a_compared_run_the_first_metric_of_a_plot_that_it_has_is_shown():
    extras = frozenset({"f1", "top5_accuracy"})
    share = layout(CLASSES, "accuracy", extras, (Overlay("a", 0, CLASSES),))[1]
    assert [c.metric for c in share.curves if c.run] == ["val_accuracy", "train_accuracy"]
    share = layout(CLASSES, "accuracy", extras, (Overlay("a", 0, ("val_f1",)),))[1]
    assert [c.metric for c in share.curves if c.run] == ["val_f1"]
    assert not any(
        c.run for c in layout(CLASSES, "accuracy", overlays=(Overlay("a", 0, ()),))[1].curves
    )


def test_a_curve_of_the_open_run_has_no_run():
    assert run_of("val_loss") == ""
    assert run_of("val_loss of /runs/a of b") == "/runs/a of b"


def test_all_points_of_a_compared_run_come_at_once_and_then_what_is_new():
    presenter, other = opened(filled(("train_loss",))), filled(("train_loss",), steps=4)
    presenter.set_compared([compared("a", other)])
    assert keys(presenter) == {"train_loss": True, "train_loss of a": True}
    assert keys(presenter) == {}
    filled(("train_loss",), 2, other, start=5)
    assert keys(presenter) == {"train_loss of a": False}


def test_what_stays_is_not_given_again_and_what_comes_back_is():
    presenter, first, second = opened(filled(("lr",))), filled(("lr",)), filled(("lr",))
    presenter.set_compared([compared("a", first), compared("b", second)])
    keys(presenter)
    presenter.set_compared([compared("a", first)])
    assert keys(presenter) == {}
    presenter.set_compared([compared("a", first), compared("b", second)])
    assert keys(presenter) == {"lr of b": True}
    presenter.set_compared([compared("a", filled(("lr",)))])  # read again
    assert keys(presenter) == {"lr of a": True}


def test_another_open_run_leaves_the_compared_ones():
    presenter = opened(filled(("lr",)))
    presenter.set_compared([compared("a", filled(("lr",)))])
    presenter.open(filled(("lr",)), "accuracy")
    assert keys(presenter) == {"lr": True, "lr of a": True}
    presenter.close()
    assert keys(presenter) == {"lr of a": True}
    assert not presenter.empty


def test_without_an_open_run_the_compared_ones_say_what_is_plotted():
    presenter = CurvesPresenter()
    presenter.set_compared([compared("a", filled(REGRESSION), main="r2")])
    assert [plot.family.key for plot in presenter.plots()] == ["loss", "r2", "lr"]
    assert presenter.offered() == [("mae", "MAE"), ("rmse", "RMSE")]
    place = presenter.place_at(4.2)
    assert place is not None
    assert place.step == 4
    presenter.set_compared([])
    assert presenter.empty


def test_bests_and_places_are_the_open_runs_own():
    presenter = opened(filled(steps=10))
    presenter.set_compared([compared("a", filled(steps=100))])
    assert presenter.place_at(1000).step == 10
    assert presenter.best_value(presenter.plots()[0]).metric == "val_loss"
    presenter.open(filled(("train_loss",)), "accuracy")
    assert presenter.best_value(presenter.plots()[0]) is None


def test_compared_curves_are_smoothed_like_the_open_ones():
    presenter = opened()
    presenter.set_compared([compared("a", filled())])
    weights = {c.key: presenter.weight(c) for plot in presenter.plots() for c in plot.curves}
    assert weights["train_loss of a"] == weights["train_loss"] == presenter.smoothing
    assert weights["val_loss of a"] == weights["lr of a"] == 0.0
