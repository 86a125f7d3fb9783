"""Caltech 101."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar, Literal

from engine.datasets.base import SelfSplit
from engine.datasets.pictures.base import Listed, Package, PictureSet, files_in
from engine.schema import register

_FOLDER = "101_ObjectCategories"


@register
class Caltech101(PictureSet, SelfSplit):
    """8,677 pictures of 101 kinds of things, 31 to 800 of each (Li and others 2003).

    The pictures of nothing in particular that come with it (BACKGROUND_Google) are left out.
    """

    title: ClassVar[str] = "Caltech 101"
    name: Literal["caltech101"] = "caltech101"
    base: ClassVar[str] = f"caltech101/{_FOLDER}"
    classes: ClassVar[tuple[str, ...]] = tuple(
        """
        Faces Faces_easy Leopards Motorbikes accordion airplanes anchor ant barrel bass beaver
        binocular bonsai brain brontosaurus buddha butterfly camera cannon car_side ceiling_fan
        cellphone chair chandelier cougar_body cougar_face crab crayfish crocodile crocodile_head
        cup dalmatian dollar_bill dolphin dragonfly electric_guitar elephant emu euphonium ewer
        ferry flamingo flamingo_head garfield gerenuk gramophone grand_piano hawksbill headphone
        hedgehog helicopter ibis inline_skate joshua_tree kangaroo ketch lamp laptop llama lobster
        lotus mandolin mayfly menorah metronome minaret nautilus octopus okapi pagoda panda pigeon
        pizza platypus pyramid revolver rhino rooster saxophone schooner scissors scorpion
        sea_horse snoopy soccer_ball stapler starfish stegosaurus stop_sign strawberry sunflower
        tick trilobite umbrella watch water_lilly wheelchair wild_cat windsor_chair wrench yin_yang
        """.split()  # noqa: SIM905  a hundred quoted words are no easier to read
    )
    samples: ClassVar[int] = 8_677
    download: ClassVar[int] = 137_414_764
    licence: ClassVar[str] = "CC BY 4.0"
    packages: ClassVar[tuple[Package, ...]] = (
        Package(
            "caltech101/caltech-101.zip",
            "https://data.caltech.edu/records/mzrjq-6wc02/files/caltech-101.zip",
            "3138e1922a9193bfa496528edbbc45d0",
            inside=_FOLDER,
            to=f"caltech101/{_FOLDER}",
            within=f"caltech-101/{_FOLDER}.tar.gz",
        ),
    )

    def _pictures(self, root: Path) -> Iterable[Listed]:
        for number, name in enumerate(self.classes):
            for file in files_in(root / name, ".jpg"):
                yield Listed(f"{name}/{file}", number)
