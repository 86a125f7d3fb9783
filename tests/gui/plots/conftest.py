"""A plot and a stack of plots on the screen, and curves to put in."""

from __future__ import annotations

import numpy as np
import pytest

from gui.plots.curve import CurveInfo
from gui.plots.plot import Plot, PlotInfo
from gui.plots.stack import PlotStack
from gui.plots.style import CurveLook, PlotStyle

TRAIN = CurveInfo("train_loss", "train", CurveLook(0, False))
VAL = CurveInfo("val_loss", "val", CurveLook(1, True))
LOSS = PlotInfo("loss", "Loss", can_log=True)
SHARE = PlotInfo("share", "Accuracy", "percent")
RATE = PlotInfo("lr", "Learning rate", "rate", strip=True)


def feed(curve, xs, ys):
    curve.append(np.asarray(xs, dtype=float), np.asarray(ys, dtype=float))


@pytest.fixture
def plot(qtbot, theme):
    made = Plot(LOSS, PlotStyle(theme))
    made.resize(600, 300)
    made.set_curves([VAL, TRAIN], {})
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def stack(qtbot, theme):
    made = PlotStack(PlotStyle(theme))
    made.resize(700, 600)
    accuracy = CurveInfo("val_accuracy", "val", CurveLook(1, True), "percent")
    rate = CurveInfo("lr", "", CurveLook(-1, False), "rate")
    made.set_layout([(LOSS, [VAL, TRAIN]), (SHARE, [accuracy]), (RATE, [rate])], {})
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made
