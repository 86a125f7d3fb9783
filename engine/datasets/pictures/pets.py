"""Oxford-IIIT Pets."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar, Literal

from engine.datasets.pictures.base import Listed, Package, PictureSet
from engine.schema import register

_URL = "https://www.robots.ox.ac.uk/~vgg/data/pets/data/"
_LISTS: dict[Literal["train", "test"], str] = {"train": "trainval.txt", "test": "test.txt"}


@register
class OxfordPets(PictureSet):
    """7,349 photographs of 37 breeds of cats and dogs (Parkhi and others 2012)."""

    title: ClassVar[str] = "Oxford-IIIT Pets"
    name: Literal["oxford_pets"] = "oxford_pets"
    base: ClassVar[str] = "oxford-iiit-pet"
    classes: ClassVar[tuple[str, ...]] = (
        "Abyssinian", "American Bulldog", "American Pit Bull Terrier", "Basset Hound", "Beagle",
        "Bengal", "Birman", "Bombay", "Boxer", "British Shorthair", "Chihuahua", "Egyptian Mau",
        "English Cocker Spaniel", "English Setter", "German Shorthaired", "Great Pyrenees",
        "Havanese", "Japanese Chin", "Keeshond", "Leonberger", "Maine Coon", "Miniature Pinscher",
        "Newfoundland", "Persian", "Pomeranian", "Pug", "Ragdoll", "Russian Blue", "Saint Bernard",
        "Samoyed", "Scottish Terrier", "Shiba Inu", "Siamese", "Sphynx",
        "Staffordshire Bull Terrier", "Wheaten Terrier", "Yorkshire Terrier",
    )  # fmt: skip
    samples: ClassVar[int] = 7_349
    official_test: ClassVar[int] = 3_669
    download: ClassVar[int] = 791_918_971 + 19_173_078
    licence: ClassVar[str] = "CC BY-SA 4.0"
    packages: ClassVar[tuple[Package, ...]] = (
        Package(
            "oxford-iiit-pet/images.tar.gz", f"{_URL}images.tar.gz",
            "5c4f3ee8e5d25df40f4fd59a7f44e54c", "images", "oxford-iiit-pet/images",
        ),
        Package(
            "oxford-iiit-pet/annotations.tar.gz", f"{_URL}annotations.tar.gz",
            "95a8c909bbe2e81eed6a22bccdf3f68f", "annotations", "oxford-iiit-pet/annotations",
        ),
    )  # fmt: skip

    def _pictures(self, root: Path) -> Iterable[Listed]:
        for part, name in _LISTS.items():
            lines = (root / "annotations" / name).read_text(encoding="utf-8").splitlines()
            for line in filter(str.strip, lines):
                picture, breed = line.split()[:2]
                target = range(len(self.classes))[int(breed) - 1]
                yield Listed(f"images/{Path(picture).name}.jpg", target, part)
