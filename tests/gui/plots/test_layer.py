"""What is on the screen after strips have been painted is what a whole picture would show."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem

from gui.plots.layer import Marker
from gui.plots.plot import Best
from gui.plots.ranges import Course

from .conftest import feed


class Screen:
    """Keeps the pixels of one plot's layer, as a window does: only what is asked for is painted."""

    def __init__(self, layer):
        self.layer = layer
        self.strips = []
        size = layer.boundingRect().size().toSize()
        self.image = QImage(size, QImage.Format.Format_RGB32)
        self.image.fill(0xFFFFFF)
        self._update = layer.update

    def note(self, *part):
        self.strips.append(part[0].width() if part else None)
        self.paint(*part or [self.layer.boundingRect()])
        self._update(*part)

    def paint(self, exposed):
        """As Qt does: the clip is whole pixels, what was there is gone."""
        painter, option = QPainter(self.image), QStyleOptionGraphicsItem()
        clip = exposed.toAlignedRect()
        painter.setClipRect(clip)
        painter.fillRect(clip, 0xFFFFFF)
        option.exposedRect = QRectF(clip)
        self.layer.paint(painter, option)
        painter.end()


@pytest.fixture
def screen(stack, qapp, monkeypatch):
    made = Screen(stack.plots["loss"].layer)
    monkeypatch.setattr(made.layer, "update", made.note)
    return made


def grown(stack, qapp, weight, gaps, frames=66, each=37):
    """Grow the loss in many frames, with evaluations now and then."""
    stack.course = Course(100.0, 3000.0, live=True)
    stack.set_smoothing({"train_loss": weight})
    generator = np.random.default_rng(3)
    curves = stack.curves()
    for frame in range(frames):
        xs = np.arange(frame * each, (frame + 1) * each)
        ys = 2.0 * np.exp(-xs / 900) * np.exp(generator.normal(0, 0.2, each))
        if gaps and frame % 7 == 3:
            ys[5:9] = np.nan
        feed(curves["train_loss"], xs, ys)
        feed(curves["lr"], xs, np.full(each, 1e-3))
        if frame % 10 == 9:
            feed(curves["val_loss"], xs[-1:], ys[-1:])
            stack.plots["loss"].set_best(Best("val_loss", xs[-1], ys[-1], "1"))
            stack.set_markers([Marker(float(xs[-1]), "saved")])
        stack.refresh({"loss", "lr"})
        qapp.processEvents()


@pytest.mark.parametrize("weight", [0.0, 0.9])
@pytest.mark.parametrize("gaps", [False, True])
def test_painted_in_strips_it_looks_as_painted_at_once(stack, qapp, screen, weight, gaps):
    grown(stack, qapp, weight, gaps)
    strips = [width for width in screen.strips if width is not None]
    before = screen.image.copy()
    screen.paint(screen.layer.boundingRect())
    assert before == screen.image
    assert len(strips) > 30
    assert np.median(strips) < 120
    assert len({before.pixel(x, y) for x in range(0, 500, 3) for y in range(before.height())}) > 3


def test_a_frame_without_news_paints_nothing(stack, qapp, screen):
    grown(stack, qapp, 0.9, gaps=False, frames=5)
    screen.strips.clear()
    stack.refresh(set(stack.plots))
    assert screen.strips == []


def test_a_curve_that_was_switched_on_is_painted_whole(stack, qapp, screen):
    grown(stack, qapp, 0.0, gaps=False, frames=5)
    stack.plots["loss"].set_shown("train_loss", False)
    screen.strips.clear()
    stack.plots["loss"].set_shown("train_loss", True)
    assert None in screen.strips
