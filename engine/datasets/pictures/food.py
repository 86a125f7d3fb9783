"""Food-101."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import ClassVar, Literal

from engine.datasets.pictures.base import Listed, Package, PictureSet
from engine.schema import register

_PARTS: tuple[Literal["train", "test"], ...] = ("train", "test")


@register
class Food101(PictureSet):
    """101,000 photographs of 101 dishes, some training labels wrong (Bossard 2014)."""

    title: ClassVar[str] = "Food-101"
    name: Literal["food101"] = "food101"
    base: ClassVar[str] = "food-101"
    classes: ClassVar[tuple[str, ...]] = tuple(
        """
        apple_pie baby_back_ribs baklava beef_carpaccio beef_tartare beet_salad beignets bibimbap
        bread_pudding breakfast_burrito bruschetta caesar_salad cannoli caprese_salad carrot_cake
        ceviche cheese_plate cheesecake chicken_curry chicken_quesadilla chicken_wings
        chocolate_cake chocolate_mousse churros clam_chowder club_sandwich crab_cakes creme_brulee
        croque_madame cup_cakes deviled_eggs donuts dumplings edamame eggs_benedict escargots
        falafel filet_mignon fish_and_chips foie_gras french_fries french_onion_soup french_toast
        fried_calamari fried_rice frozen_yogurt garlic_bread gnocchi greek_salad
        grilled_cheese_sandwich grilled_salmon guacamole gyoza hamburger hot_and_sour_soup hot_dog
        huevos_rancheros hummus ice_cream lasagna lobster_bisque lobster_roll_sandwich
        macaroni_and_cheese macarons miso_soup mussels nachos omelette onion_rings oysters pad_thai
        paella pancakes panna_cotta peking_duck pho pizza pork_chop poutine prime_rib
        pulled_pork_sandwich ramen ravioli red_velvet_cake risotto samosa sashimi scallops
        seaweed_salad shrimp_and_grits spaghetti_bolognese spaghetti_carbonara spring_rolls steak
        strawberry_shortcake sushi tacos takoyaki tiramisu tuna_tartare waffles
        """.split()  # noqa: SIM905  a hundred quoted words are no easier to read
    )
    samples: ClassVar[int] = 101_000
    official_test: ClassVar[int] = 25_250
    download: ClassVar[int] = 4_996_278_331
    licence: ClassVar[str] = "none stated; the photographs belong to users of Foodspotting"
    packages: ClassVar[tuple[Package, ...]] = (
        Package(
            "food-101.tar.gz", "http://data.vision.ee.ethz.ch/cvl/food-101.tar.gz",
            "85eeb15f3717b99a5da872d97d918f87", "food-101", "food-101",
        ),
    )  # fmt: skip

    def _pictures(self, root: Path) -> Iterable[Listed]:
        numbers = {name: number for number, name in enumerate(self.classes)}
        for part in _PARTS:
            named = json.loads((root / "meta" / f"{part}.json").read_text(encoding="utf-8"))
            for dish, pictures in named.items():
                for picture in pictures:
                    folder, name = PurePosixPath(picture).parts
                    if folder != dish or ".." in (folder, name):
                        raise ValueError(f"{picture!r} is listed as {dish}")
                    yield Listed(f"images/{dish}/{name}.jpg", numbers[dish], part)
