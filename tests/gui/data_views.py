"""Views of data made by hand, one of each kind."""

from __future__ import annotations

import numpy as np

from engine.facts import Facts
from engine.views import (
    ColumnView,
    DataView,
    Histogram,
    InFile,
    Received,
    Sample,
    SeriesLine,
    SeriesPart,
    SeriesView,
    TextView,
    Token,
    Window,
)

SHA = "4ef595ced9a2" + "0" * 52
SIZES = {"train": 70, "val": 15, "test": 15}


def grey(value: int, side: int = 2) -> np.ndarray:
    return np.full((side, side), value, np.uint8)


IMAGES = DataView(
    facts=Facts("image", (1, 2, 2), "classes", ("cat", "dog"), 100, licence="CC0"),
    samples=(
        Sample("cat", image=np.array([[255, 0], [0, 255]], np.uint8), index=3),
        Sample("dog", image=np.zeros((2, 2, 3), np.uint8), index=8),
    ),
    sizes=SIZES,
    counts={"train": (35, 35), "val": (8, 7), "test": (7, 8)},
    mean=(4.884,),
    std=(6.017,),
    shapes={"train": (70, 1, 2, 2), "val": (15, 1, 2, 2), "test": (15, 1, 2, 2)},
    dtype="uint8",
    raw_range=(0.0, 255.0),
    network_range=(-0.8121, 1.845),
)
AUGMENTED = DataView(
    facts=IMAGES.facts,
    samples=tuple(
        Sample(label, image=grey(200, 4), index=place,
               augmented=(Received(image=grey(50)), Received(image=grey(90))),
               in_file=InFile(f"{label}/{place}.png", grey(10, 8), (80, 60)))
        for place, label in enumerate(("cat", "dog"))
    ),
    sizes=SIZES,
    counts=IMAGES.counts,
    mean=(4.884,),
    std=(6.017,),
    augmentation=True,
)  # fmt: skip
TABLE = DataView(
    facts=Facts("table", (2,), "regression", ("progress",), 442, features=("age", "bmi")),
    samples=(
        Sample("151", row=(0.038, 61.7), normalised=(0.8, 1.3)),
        Sample("75", row=(-0.002, 51.5), normalised=(-0.1, 0.2)),
    ),
    sizes={"train": 320, "val": 56, "test": 66},
    counts={"train": (), "val": (), "test": ()},
    mean=(0.0, 0.0),
    std=(1.0, 1.0),
    columns=(
        ColumnView("age", "number", 440, 2, 60, 19.0, 48.5, 50.0, 79.0, 13.1,
                   Histogram((19.0, 49.0, 79.0), (200, 240))),
        ColumnView("sex", "category", 442, 0, 2, frequent=(("f", 235), ("m", 207))),
    ),
)  # fmt: skip
FILE_TABLE = DataView(
    facts=Facts("table", (2,), "classes", ("no", "yes"), 9, features=("age", "sex=f")),
    samples=(
        Sample("yes", row=(28.0, 1.0), normalised=(-0.1, 1.0),
               in_file=InFile("row 4", cells=(("age", ""), ("name", "Ada"), ("sex", "f")))),
    ),
    sizes=SIZES,
    counts={"train": (3, 4), "val": (1, 0), "test": (0, 1)},
    mean=(0.0, 0.0),
    std=(1.0, 1.0),
)  # fmt: skip
TEXTS = DataView(
    facts=Facts("text", (4,), "classes", ("ham", "spam"), 20, vocabulary=30),
    samples=(
        Sample("ham", tokens=(Token("hello", 5), Token("�", 1, known=False)),
               in_file=InFile(text="Hello Zaphod", tokens=2)),
        Sample("spam", tokens=tuple(Token(word, 7) for word in ("win", "a", "prize", "now")),
               in_file=InFile(text="win a prize now and here", tokens=6)),
    ),
    sizes=SIZES,
    counts={"train": (50, 20), "val": (8, 7), "test": (7, 8)},
    mean=(),
    std=(),
    text=TextView(4, 30, Histogram((1.0, 5.0, 9.0), (12, 3)), 3.5, 3.0, 9, 0.05, 0.1,
                  (("a", 12), (" ", 7), ("�", 2))),
)  # fmt: skip
SERIES = DataView(
    facts=Facts("series", (4, 2), "regression", ("temp +1", "temp +2"), 30,
                features=("temp", "wind"), horizon=2, target_channels=(0,)),
    samples=tuple(
        Sample("", window=Window(start, np.arange(8, dtype=np.float32).reshape(4, 2),
                                 np.array([[8.0], [9.0]], np.float32), (f"day {start}",)))
        for start in (0, 3, 6)
    ),
    sizes=SIZES,
    counts={"train": (), "val": (), "test": ()},
    mean=(1.0, 2.0),
    std=(1.0, 1.0),
    columns=TABLE.columns,
    series=SeriesView(
        20, 4, 2,
        (SeriesLine("temp", np.arange(20), np.arange(20, dtype=np.float32), target=True),
         SeriesLine("wind", np.arange(20), np.ones(20, np.float32))),
        (SeriesPart("train", 0, 12, "2020-01-01", "2020-01-12"),
         SeriesPart("val", 12, 16, "2020-01-13", "2020-01-16"),
         SeriesPart("test", 16, 20, "2020-01-17", "2020-01-20")),
        np.zeros(0),
    ),
)  # fmt: skip
EACH_KIND = {"images": IMAGES, "augmented": AUGMENTED, "table": TABLE, "file": FILE_TABLE,
             "texts": TEXTS, "series": SERIES}  # fmt: skip


def many_classes(count: int) -> DataView:
    names = tuple(f"class {place}" for place in range(count))
    return DataView(
        facts=Facts("table", (1,), "classes", names, 10 * count, features=("x",)),
        samples=(Sample(names[0], row=(1.0,)),),
        sizes=SIZES,
        counts={"train": tuple(range(1, count + 1)), "val": (1,) * count, "test": (0,) * count},
        mean=(0.0,),
        std=(1.0,),
    )
