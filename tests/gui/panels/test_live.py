"""The live panel: curves grow, choices take effect, exports hold the data."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLabel, QSlider, QToolButton

from engine.runs.metriclog import POINT, MetricLog
from engine.training.channel import Channel
from gui.panels.live import LivePanel
from gui.plots.layer import Marker
from gui.plots.spares import Spares

CLASSES = ("train_loss", "train_accuracy", "lr", "val_loss", "val_accuracy", "val_f1")


def grow(log, steps, names=CLASSES, start=1):
    for step in range(start, start + steps):
        for name in names:
            if not name.startswith("val_") or step % 10 == 0:
                value = 1 - 1 / (1 + step) if "acc" in name or "f1" in name else 1 / step
                log.append(name, step, step / 50, step * 0.1, value)


def log_of(**values):
    made = MetricLog()
    for name, numbers in values.items():
        points = np.zeros(len(numbers), POINT)
        points["step"] = np.arange(1, len(numbers) + 1)
        points["epoch"], points["time"] = points["step"] / 100, points["step"] * 0.1
        points["value"] = numbers
        made.open(name).extend(points)
    return made


@pytest.fixture
def panel(qtbot, theme):
    made = LivePanel(theme)
    made.resize(900, 650)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def channel(panel):
    made = Channel()
    made.progress.phase, made.progress.total_steps, made.progress.epochs = "training", 1000, 20
    panel.set_channel(made, "accuracy")
    return made


def click(qtbot, panel, name, kind=QAbstractButton):
    qtbot.mouseClick(panel.findChild(kind, name), Qt.MouseButton.LeftButton)


def choose(panel, name):
    panel.findChild(QAction, name).trigger()


def drawn(panel, key):
    return panel.stack.curves()[key].strong.x.tolist()


# --- Growing ----------------------------------------------------------------------------------


def test_curves_grow_with_the_training(panel, channel):
    grow(channel.log, 25)
    panel.refresh()
    assert drawn(panel, "train_loss") == list(range(1, 26))
    assert drawn(panel, "val_accuracy") == [10, 20]
    grow(channel.log, 10, start=26)
    panel.refresh()
    assert drawn(panel, "train_loss") == list(range(1, 36))
    assert drawn(panel, "val_accuracy") == [10, 20, 30]


def test_loss_above_the_metric_above_the_learning_rate(panel, channel):
    grow(channel.log, 5)
    panel.refresh()
    assert list(panel.stack.plots) == ["loss", "share", "lr"]
    tops = [plot.y() for plot in panel.stack.plots.values()]
    assert tops == sorted(tops)
    heights = [plot.height() for plot in panel.stack.plots.values()]
    assert heights[2] < heights[1]


def test_without_a_training_it_says_what_will_be_here(panel, channel):
    text = panel.findChild(QLabel, "live.empty")
    assert text.isVisible()
    assert "first batch" in text.text()
    panel.clear()
    assert "training starts" in text.text()
    assert not panel.findChild(QToolButton, "live.export").isEnabled()


def painted(panel, monkeypatch):
    found = []
    for key, plot in panel.stack.plots.items():
        monkeypatch.setattr(plot.layer, "update", lambda *_part, key=key: found.append(key))
    return found


def test_nothing_new_paints_nothing(panel, channel, monkeypatch):
    grow(channel.log, 25)
    for _frame in range(3):
        panel.refresh()
    found = painted(panel, monkeypatch)
    for _frame in range(5):
        panel.refresh()
    assert found == []


def test_only_plots_with_news_are_painted(panel, channel, monkeypatch):
    grow(channel.log, 25)
    for _frame in range(3):
        panel.refresh()
    found = painted(panel, monkeypatch)
    channel.log.append("lr", 26, 0.52, 2.6, 0.03)
    panel.refresh()
    assert set(found) == {"lr"}


def test_racing_values_are_written_now_and_then_and_those_of_a_pause_at_once(panel, channel):
    panel.findChild(QSlider, "live.smoothing").setValue(0)
    written = []
    for step in range(1, 13):
        grow(channel.log, 1, start=step)
        panel.refresh()
        written.append(panel.findChild(QAbstractButton, "legend.train_loss").value)
    assert 2 <= len(set(written)) <= 4
    channel.progress.phase = "paused"
    for step in range(13, 16):
        grow(channel.log, 1, start=step)
        panel.refresh()
        value = panel.findChild(QAbstractButton, "legend.train_loss").value
        assert float(value) == pytest.approx(1 / step, rel=0.01)


def test_hidden_it_reads_nothing_and_catches_up_when_shown(panel, channel, qtbot):
    grow(channel.log, 5)
    panel.refresh()
    panel.hide()
    grow(channel.log, 20, start=6)
    panel.refresh()
    assert len(drawn(panel, "train_loss")) == 5
    panel.show()
    assert len(drawn(panel, "train_loss")) == 25


def test_a_training_that_went_back_to_a_checkpoint(panel, channel):
    grow(channel.log, 25)
    panel.refresh()
    for name in channel.log.names():
        series = channel.log.series(name)
        series.truncate(int((series.since(0)["step"] <= 12).sum()))
    grow(channel.log, 3, start=13)
    panel.refresh()
    assert drawn(panel, "train_loss") == list(range(1, 16))
    assert drawn(panel, "val_loss") == [10]


def test_another_training_begins_afresh(panel, channel):
    grow(channel.log, 25)
    panel.refresh()
    panel.mark_best(0.2, 10, 0.9)
    other = Channel()
    panel.set_channel(other, "accuracy")
    assert panel.stack.plots["loss"].header.best.text == ""
    grow(other.log, 3)
    panel.refresh()
    assert drawn(panel, "train_loss") == [1, 2, 3]


def test_x_reaches_no_further_than_the_training_will_and_fits_at_its_end(panel, channel):
    grow(channel.log, 920)
    panel.refresh()
    assert panel.stack.plots["loss"].x_limits.high == pytest.approx(1000, rel=0.01)
    channel.progress.phase = "ended"
    panel.refresh()
    assert panel.stack.plots["loss"].x_limits.high == pytest.approx(920, rel=0.01)


@pytest.mark.parametrize(
    "values",
    [[], [0.5], [float("nan")], [1.0, float("nan"), float("inf"), 0.5], [0.0] * 5, [-1.0, 1e30]],
    ids=["none", "one", "nan", "gaps", "zeros", "far"],
)
def test_any_values_are_shown(panel, values, qtbot):
    panel.set_source(log_of(train_loss=values, val_loss=values[:1]), "accuracy")
    panel.refresh()
    click(qtbot, panel, "live.log")
    panel.stack.hover(1.0)
    assert not panel.grab().isNull()


def test_a_million_points_with_one_spike(panel):
    values = np.full(1_000_000, 0.5)
    values[654_321] = 9.0
    panel.set_source(log_of(train_loss=values), "accuracy")
    panel.refresh()
    curve = panel.stack.curves()["train_loss"]
    strong, raw = curve.drawn(panel.stack.plots["loss"].x_limits)
    assert raw is not None
    assert raw[1].max() == 9.0
    assert max(len(strong[0]), len(raw[0])) <= 2400


def test_the_plots_of_a_training_are_made_while_it_is_prepared(panel, qtbot):
    panel.hide()
    panel.set_channel(Channel(), "perplexity")
    spares = panel.findChild(Spares)
    qtbot.waitUntil(lambda: len(spares._made) == 3)
    made = {info.key: plot for info, plot in spares._made.items()}
    panel.show()
    assert panel.stack.plots == made


# --- Choices ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("axis", "last"), [("epoch", 0.5), ("time", 2.5), ("step", 25)])
def test_x_can_be_steps_epochs_or_time(panel, channel, qtbot, axis, last):
    grow(channel.log, 25)
    panel.refresh()
    click(qtbot, panel, "live.x_epoch")
    click(qtbot, panel, f"live.x_{axis}")
    assert drawn(panel, "train_loss")[-1] == pytest.approx(last)
    assert panel.settings()["x_axis"] == axis


def test_smoothing_is_for_batches_and_leaves_the_raw_values_beneath(panel, channel):
    grow(channel.log, 25)
    panel.refresh()
    slider = panel.findChild(QSlider, "live.smoothing")
    curves = panel.stack.curves()
    slider.setValue(50)
    assert curves["train_loss"].smoothed
    assert curves["train_loss"].drawn(panel.stack.plots["loss"].x_limits)[1] is not None
    assert not curves["val_loss"].smoothed
    assert panel.findChild(QLabel, "live.smoothing_value").text() == "0.968"
    slider.setValue(0)
    assert not curves["train_loss"].smoothed
    assert panel.findChild(QLabel, "live.smoothing_value").text() == "off"


def test_log_is_for_the_loss(panel, channel, qtbot):
    grow(channel.log, 25)
    panel.refresh()
    click(qtbot, panel, "live.log")
    assert [plot.log for plot in panel.stack.plots.values()] == [True, False, False]


def test_more_metrics_can_be_switched_on_and_off(panel, channel):
    grow(channel.log, 25)
    panel.refresh()
    choose(panel, "live.metrics.f1")
    assert drawn(panel, "val_f1") == [10, 20]
    assert panel.settings()["extras"] == ["f1"]
    choose(panel, "live.metrics.f1")
    assert "val_f1" not in panel.stack.curves()
    choose(panel, "live.metrics.f1")
    assert drawn(panel, "val_f1") == [10, 20]


def test_where_nothing_else_is_measured_the_menu_says_so(panel, qtbot):
    panel.set_source(log_of(train_loss=[1.0], lr=[0.1]), "accuracy")
    button = panel.findChild(QToolButton, "live.metrics")
    assert not button.isEnabled()
    assert "Nothing else" in button.toolTip()


def test_errors_get_a_plot_of_their_own(panel):
    panel.set_source(log_of(train_loss=[1.0], val_r2=[0.4], val_mae=[40.0]), "r2")
    panel.refresh()
    choose(panel, "live.metrics.mae")
    assert list(panel.stack.plots) == ["loss", "r2", "error", "lr"]


def test_a_hidden_curve_stays_hidden_in_the_next_run(panel, channel, qtbot):
    grow(channel.log, 25)
    panel.refresh()
    click(qtbot, panel, "legend.train_loss")
    other = Channel()
    panel.set_channel(other, "accuracy")
    grow(other.log, 25)
    panel.refresh()
    assert not panel.stack.curves()["train_loss"].shown
    assert not panel.findChild(QAbstractButton, "legend.train_loss").isChecked()


def test_fit_is_offered_once_the_user_has_zoomed(panel, channel, qtbot):
    grow(channel.log, 25)
    panel.refresh()
    fit = panel.findChild(QToolButton, "live.fit")
    assert not fit.isEnabled()
    view = panel.stack.plots["loss"].view
    view.x_taken.emit()
    view.setXRange(5, 10, padding=0)
    assert fit.isEnabled()
    click(qtbot, panel, "live.fit")
    assert not fit.isEnabled()
    assert panel.stack.plots["share"].x_limits.high > 25


def test_choices_outlive_the_panel(panel, channel, qtbot, theme):
    grow(channel.log, 25)
    panel.refresh()
    click(qtbot, panel, "live.x_time")
    click(qtbot, panel, "live.log")
    choose(panel, "live.metrics.f1")
    other = LivePanel(theme)
    qtbot.addWidget(other)
    other.restore(panel.settings())
    assert other.settings() == panel.settings()
    assert other.findChild(QToolButton, "live.x_time").isChecked()
    assert other.findChild(QToolButton, "live.log").isChecked()


def test_every_control_has_a_name_and_says_what_it_does(panel):
    controls = [
        *panel.controls.findChildren(QToolButton), *panel.controls.findChildren(QSlider),
    ]  # fmt: skip
    named = [control for control in controls if control.objectName().startswith("live.")]
    assert len(named) == 9
    assert all(control.accessibleName() and control.toolTip() for control in named)


def test_where_it_is_narrow_the_buttons_are_icons(panel):
    panel.resize(640, 500)
    assert panel.width() == 640
    style = Qt.ToolButtonStyle.ToolButtonIconOnly
    assert panel.findChild(QToolButton, "live.export").toolButtonStyle() == style


# --- Marks and crosshair ----------------------------------------------------------------------


def test_the_best_evaluation_is_marked_without_being_told(panel, channel):
    grow(channel.log, 45)
    panel.refresh()
    assert panel.stack.plots["share"].header.best.text == "best 97.6 %, epoch 0.8"
    assert panel.stack.plots["loss"].header.best.text == "best 0.0250, epoch 0.8"


def test_each_plot_has_its_own_best(panel):
    panel.set_source(log_of(val_loss=[0.9, 0.5, 0.7], val_accuracy=[0.1, 0.2, 0.6]), "accuracy")
    panel.refresh()
    scenes = {key: plot.layer.scene_data for key, plot in panel.stack.plots.items()}
    assert scenes["loss"].best_point == ("val_loss", 2.0, 0.5)
    assert scenes["share"].best_point == ("val_accuracy", 3.0, 0.6)
    assert scenes["loss"].best_line == Marker(3.0, "best")
    assert scenes["share"].best_line == Marker(3.0, "")


def test_where_the_best_checkpoint_is_can_be_told(panel, channel):
    grow(channel.log, 45)
    panel.refresh()
    panel.mark_best(0.4, 20, 0.95)
    assert panel.stack.plots["share"].header.best.text == "best 97.6 %, epoch 0.8"
    assert panel.stack.plots["loss"].layer.scene_data.best_line == Marker(20.0, "best")


def test_markers_follow_the_axis(panel, channel, qtbot):
    grow(channel.log, 45)
    panel.refresh()
    panel.add_marker(30, "lr × 0.5")
    click(qtbot, panel, "live.x_time")
    (mark,) = panel.stack.plots["loss"].layer.scene_data.markers
    assert (mark.x, mark.label) == (3.0, "lr × 0.5")


def test_the_crosshair_says_where_it_is_and_what_was_there(panel, channel):
    grow(channel.log, 45)
    panel.refresh()
    panel.findChild(QSlider, "live.smoothing").setValue(0)
    panel.stack.hover(20.3)
    headers = {key: plot.header for key, plot in panel.stack.plots.items()}
    assert headers["loss"].readout.text == "step 20   epoch 0.40   0:02"
    assert headers["loss"].entries["train_loss"].value == "0.0500"
    assert headers["share"].entries["val_accuracy"].value == "95.2 %"
    panel.stack.hover(None)
    assert headers["loss"].readout.text == ""
    assert headers["loss"].entries["train_loss"].value == "0.0222"


# --- Export -----------------------------------------------------------------------------------


@pytest.fixture
def chosen(monkeypatch, tmp_path):
    """The file dialog, answered: with a name without an ending."""
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_args: (str(tmp_path / "my curves"), "")
    )
    return tmp_path


def test_csv_holds_every_raw_value(panel, channel, qtbot, chosen):
    grow(channel.log, 25)
    panel.refresh()
    with qtbot.waitSignal(panel.exported) as caught:
        choose(panel, "live.export.csv")
    assert caught.args == [chosen / "my curves.csv"]
    with caught.args[0].open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3 * 25 + 3 * 2
    values = [float(row["value"]) for row in rows if row["metric"] == "train_loss"]
    assert values == [1 / step for step in range(1, 26)]


def test_png_shows_the_plots_at_twice_the_size(panel, channel, qtbot, chosen):
    grow(channel.log, 25)
    panel.refresh()
    with qtbot.waitSignal(panel.exported) as caught:
        choose(panel, "live.export.png")
    image = QImage(str(caught.args[0])).convertToFormat(QImage.Format.Format_RGB32)
    assert image.size() == panel.stack.size() * 2
    found = np.unique(np.frombuffer(image.constBits(), np.uint32) & 0xFFFFFF)
    curves = panel.stack.plots["loss"].layer.style.colors.curves[:2]
    assert {int(color[1:], 16) for color in curves} <= set(found.tolist())


def test_a_picture_is_headed_with_the_title_and_names_the_x_axis(panel, channel, qtbot, tmp_path):
    grow(channel.log, 25)
    panel.refresh()
    panel.set_title("blobs, small")
    click(qtbot, panel, "live.x_epoch")
    panel.export("svg", tmp_path / "a.svg")
    text = (tmp_path / "a.svg").read_text()
    assert ">blobs, small</text>" in text
    assert ">epoch</text>" in text
    panel.export("png", tmp_path / "a.png")
    assert QImage(str(tmp_path / "a.png")).height() > panel.stack.height() * 2


def test_what_was_said_of_a_file_is_gone_in_the_next_run(panel, channel, tmp_path):
    grow(channel.log, 25)
    panel.refresh()
    panel.export("png", tmp_path / "a.png")
    message = panel.findChild(QLabel, "live.message")
    assert message.text()
    panel.set_channel(Channel(), "accuracy")
    assert not message.text()


def test_svg_is_lines_and_text(panel, channel, qtbot, chosen):
    grow(channel.log, 25)
    panel.refresh()
    with qtbot.waitSignal(panel.exported) as caught:
        choose(panel, "live.export.svg")
    text = caught.args[0].read_text()
    assert QSvgRenderer(str(caught.args[0])).isValid()
    assert "Accuracy" in text
    assert "<image" not in text
    lengths = [line.count(",") for line in text.split("<polyline")[1:]]
    assert max(lengths) >= 25


@pytest.mark.parametrize("kind", ["png", "svg", "csv"])
def test_what_cannot_be_written_is_said_and_leaves_nothing(panel, channel, qtbot, tmp_path, kind):
    grow(channel.log, 5)
    panel.refresh()
    with qtbot.waitSignal(panel.failed) as caught:
        panel.export(kind, tmp_path / "nowhere" / f"curves.{kind}")
    (problem,) = caught.args
    assert "could not be written" in problem.sentence
    assert "No such file" in problem.sentence
    assert problem.hint
    assert list(tmp_path.iterdir()) == []


def test_a_dialog_that_is_given_up_writes_nothing(panel, channel, monkeypatch, tmp_path):
    grow(channel.log, 5)
    panel.refresh()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: ("", ""))
    choose(panel, "live.export.png")
    assert list(tmp_path.iterdir()) == []


def test_the_theme_can_change_while_training(panel, channel, theme):
    grow(channel.log, 25)
    panel.refresh()
    theme.set_mode("dark")
    canvas = panel.stack.plots["loss"].canvas.grab().toImage()
    assert canvas.pixelColor(1, 1).name() == theme.colors.surface.lower()
