"""Everything that is aimed at, as rows: where the value comes from, and the limit."""

from __future__ import annotations

from benchmarks.harness import Found
from benchmarks.rows import Measured, Row, Source, difference, quotient, value, worst

GROUPS = {
    1: "Training through the recipe, headless, every step recorded",
    2: "The same in the window, with live plots in sight",
    3: "The window while the training uses all cores",
    4: "From the start of the process",
    5: "From an optimizer step to the screen",
    6: "Long curves",
    7: "Memory",
    8: "As data and runs grow",
}


def _late(workload: str, key: str) -> Source:
    return value(f"smooth/{workload}", f"late_{key}_ms")


def _frames(key: str) -> Source:
    return worst(*(value(f"smooth/{name}", f"{key}_p95_ms") for name in ("mnist_mlp", "mnist_cnn")))


MLP, CNN, RESNET = "MLP 784-128-64-10", "CNN of two convolutions", "ResNet-18 on 32×32"

ROWS: tuple[Row, ...] = (
    Row(1, f"{MLP}: time of a step, the hand-written loop being 1", "x",
        value("mnist_mlp/turns", "ratio"), 1.15, digits=3),
    Row(1, f"{CNN}: the same", "x", value("mnist_cnn/turns", "ratio"), 1.03, digits=3),
    Row(1, f"{RESNET}: the same", "x", value("resnet18/turns", "ratio"), 1.03, digits=3),
    Row(1, "Digits, small CNN: the same", "x", value("digits_cnn/turns", "ratio"), digits=3),
    Row(1, f"{MLP}: times the speed of the tutorial", "x",
        value("mnist_mlp/ways", "tutorial_ratio"), 12, "at least", digits=1),
    Row(1, "... of a loop without data, batches and records: the most that is possible", "x",
        value("mnist_mlp/ways", "tutorial_to_floor"), digits=1),
    Row(1, f"{MLP}: times the speed of Lightning with its defaults", "x",
        value("mnist_mlp/ways", "lightning_ratio"), 2, "at least"),
    Row(1, f"{MLP}: times the speed of Lightning, quiet", "x",
        value("mnist_mlp/ways", "lightning_quiet_ratio")),
    Row(1, f"{CNN}: times the speed of the tutorial", "x",
        value("mnist_cnn/ways", "tutorial_ratio")),
    Row(1, f"{CNN}: times the speed of Lightning with its defaults", "x",
        value("mnist_cnn/ways", "lightning_ratio")),
    Row(2, f"{CNN}: slower than with a window that sleeps", "%",
        value("mnist_cnn/window", "slower_percent"), 5, digits=1),
    Row(2, f"{MLP}: the same", "%", value("mnist_mlp/window", "slower_percent"), 10, digits=1),
    Row(3, f"{MLP}: a 5 ms timer is late, 99th percentile", "ms",
        _late("mnist_mlp", "p99"), 10, digits=1),
    Row(3, f"{MLP}: ... at worst", "ms", _late("mnist_mlp", "max"), 50, digits=1),
    Row(3, f"{CNN}: a 5 ms timer is late, 99th percentile", "ms",
        _late("mnist_cnn", "p99"), 10, digits=1),
    Row(3, f"{CNN}: ... at worst", "ms", _late("mnist_cnn", "max"), 50, digits=1),
    Row(3, "typing in a field: frame time, 95th percentile", "ms", _frames("typing"), 33, digits=1),
    Row(3, "dragging a splitter: the same", "ms", _frames("splitter"), 33, digits=1),
    Row(3, "panning a plot of 1,000,000 points: the same", "ms", _frames("pan"), 33, digits=1),
    Row(4, "to the painted window, of importing torch, torchvision and lightning", "x",
        quotient(value("first_paint/window", "seconds"), value("first_paint/imports", "seconds")),
        0.35),
    Row(4, "... in seconds", "s", value("first_paint/window", "seconds")),
    Row(4, "... of an empty window", "s", value("first_paint/qt", "seconds")),
    Row(4, "Digits: from Start to the first point of a curve", "s",
        value("live/digits_cnn", "first_point_s"), 2),
    Row(5, f"{MLP}: 95th percentile", "ms", value("live/mnist_mlp", "pixel_p95_ms"), 100, digits=0),
    Row(5, "Digits, small CNN: 95th percentile", "ms",
        value("live/digits_cnn", "pixel_p95_ms"), 100, digits=0),
    Row(6, "20 curves of 1,000,000 points: first draw", "s",
        value("plots/long", "first_draw_s"), 0.5),
    Row(6, "... panning, 95 % of the frames", "frames/s",
        value("plots/long", "pan_fps"), 30, "at least", digits=0),
    Row(6, "... zooming, 95 % of the frames", "frames/s",
        value("plots/long", "zoom_fps"), 30, "at least", digits=0),
    Row(6, "smoothing 1,000,000 points", "ms",
        value("plots/long", "smooth_one_ms"), 50, digits=1),
    Row(6, "smoothing all 20 curves, until they are painted", "ms",
        value("plots/long", "smooth_all_ms"), digits=0),
    Row(6, "1,000,000 points read from a run folder", "s",
        value("loading/run_folder", "read_s"), 0.5),
    Row(6, "... and painted in the live plots", "s", value("loading/run_folder", "shown_s")),
    Row(6, "... the same points by TensorBoard's EventAccumulator", "s",
        value("loading/tensorboard", "read_s"), digits=1),
    Row(7, "resident after 100,000 steps, less the points, of that after 10,000", "x",
        value("memory/long_run", "ratio"), 1.05, digits=3),
    Row(7, "the window beyond headless", "MB",
        difference(value("mnist_mlp/window", "resident_mb"),
                   value("mnist_mlp/headless", "resident_mb")), 150, digits=0),
    Row(8, "a sample's cost, dearest to cheapest of 1k, 10k, 60k and 600k samples", "x",
        value("growth/samples", "ratio"), 1.1, digits=3),
    Row(8, "a step's cost after 1,000,000 recorded steps, of that at the beginning", "x",
        value("growth/recording", "ratio"), 1.1, digits=3),
    Row(8, "recording alone: the last of 1,000,000 steps to the first, a tenth each", "x",
        value("growth/recording", "append_ratio"), 1.1, digits=3),
)  # fmt: skip


def measured(found: Found) -> list[Measured]:
    """The rows for which there is something."""
    return [row for each in ROWS if (row := each.measured(found)) is not None]
