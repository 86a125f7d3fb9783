"""The German Traffic Sign Recognition Benchmark."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar, Literal

from engine.datasets.pictures.base import Listed, Package, PictureSet, files_in
from engine.schema import FOUND, option, register

_URL = "https://sid.erda.dk/public/archives/daaeac0d7ce1152aea9b61d9f1e19370/"
_TEST = "GTSRB/Final_Test/Images"


@register
class Gtsrb(PictureSet):
    """39,270 photographs of 43 kinds of German traffic signs (Stallkamp and others 2012)."""

    title: ClassVar[str] = "GTSRB"
    handed: ClassVar[bool] = True
    name: Literal["gtsrb"] = "gtsrb"
    size: int | None = option(
        None,
        "Side of the square that every picture becomes; 32 unless given, or what the network's"
        " weights were made for.",
        ge=4, le=1024, unit="pixels", typical=32, empty=FOUND,
    )  # fmt: skip
    base: ClassVar[str] = "gtsrb"
    side: ClassVar[int] = 32
    classes: ClassVar[tuple[str, ...]] = (
        "speed limit 20", "speed limit 30", "speed limit 50", "speed limit 60", "speed limit 70",
        "speed limit 80", "end of speed limit 80", "speed limit 100", "speed limit 120",
        "no overtaking", "no overtaking by lorries", "priority at the next crossing",
        "priority road", "give way", "stop", "no vehicles", "no lorries", "no entry", "danger",
        "bend to the left", "bend to the right", "double bend", "uneven road", "slippery road",
        "road narrows on the right", "road works", "traffic signals", "pedestrians", "children",
        "bicycles", "ice or snow", "wild animals", "end of all restrictions", "turn right ahead",
        "turn left ahead", "straight on", "straight on or right", "straight on or left",
        "keep right", "keep left", "roundabout", "end of no overtaking",
        "end of no overtaking by lorries",
    )  # fmt: skip
    samples: ClassVar[int] = 26_640 + 12_630
    official_test: ClassVar[int] = 12_630
    download: ClassVar[int] = 187_490_228 + 88_978_620 + 99_620
    licence: ClassVar[str] = "none stated by the authors"
    packages: ClassVar[tuple[Package, ...]] = (
        Package(
            "gtsrb/GTSRB-Training_fixed.zip", f"{_URL}GTSRB-Training_fixed.zip",
            "513f3c79a4c5141765e10e952eaa2478", "GTSRB/Training", "gtsrb/GTSRB/Training",
        ),
        Package(
            "gtsrb/GTSRB_Final_Test_Images.zip", f"{_URL}GTSRB_Final_Test_Images.zip",
            "c7e4e6327067d32654124b0fe9e82185", _TEST, f"gtsrb/{_TEST}",
        ),
        Package(
            "gtsrb/GTSRB_Final_Test_GT.zip", f"{_URL}GTSRB_Final_Test_GT.zip",
            "fe31e9c9270bbcd7b84b7f21a9d9d9e5", "GT-final_test.csv", "gtsrb/GT-final_test.csv",
        ),
    )  # fmt: skip

    def _pictures(self, root: Path) -> Iterable[Listed]:
        for number in range(len(self.classes)):
            folder = f"GTSRB/Training/{number:05d}"
            for file in files_in(root / folder, ".ppm"):
                yield Listed(f"{folder}/{file}", number)
        with (root / "GT-final_test.csv").open(encoding="utf-8", newline="") as table:
            for row in csv.DictReader(table, delimiter=";", skipinitialspace=True):
                number = range(len(self.classes))[int(row["ClassId"])]
                yield Listed(f"{_TEST}/{Path(row['Filename']).name}", number, "test")
