"""EuroSAT."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar, Literal

from engine.datasets.base import SelfSplit
from engine.datasets.pictures.base import Listed, Package, PictureSet, files_in
from engine.schema import register


@register
class EuroSat(PictureSet, SelfSplit):
    """27,000 satellite pictures of ten kinds of land, 64x64 pixels (Helber and others 2019)."""

    title: ClassVar[str] = "EuroSAT"
    name: Literal["eurosat"] = "eurosat"
    base: ClassVar[str] = "eurosat/2750"
    classes: ClassVar[tuple[str, ...]] = (
        "AnnualCrop", "Forest", "HerbaceousVegetation", "Highway", "Industrial", "Pasture",
        "PermanentCrop", "Residential", "River", "SeaLake",
    )  # fmt: skip
    samples: ClassVar[int] = 27_000
    download: ClassVar[int] = 94_280_567
    licence: ClassVar[str] = "MIT; contains Copernicus Sentinel data"
    packages: ClassVar[tuple[Package, ...]] = (
        Package(
            "eurosat/EuroSAT.zip",
            "https://huggingface.co/datasets/torchgeo/eurosat/resolve/"
            "c877bcd43f099cd0196738f714544e355477f3fd/EuroSAT.zip",
            "c8fa014336c82ac7804f0398fcb19387",
            inside="2750",
            to="eurosat/2750",
        ),
    )

    def _pictures(self, root: Path) -> Iterable[Listed]:
        for number, name in enumerate(self.classes):
            for file in files_in(root / name, ".jpg"):
                yield Listed(f"{name}/{file}", number)
