"""Oxford 102 Flowers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar, Literal, cast

from engine.datasets.pictures.base import Listed, Package, PictureSet
from engine.schema import register

_URL = "https://www.robots.ox.ac.uk/~vgg/data/flowers/102/"
_PARTS: dict[Literal["train", "val", "test"], str] = {
    "train": "trnid", "val": "valid", "test": "tstid",
}  # fmt: skip


@register
class Flowers102(PictureSet):
    """8,189 photographs of 102 kinds of flowers, divided by the authors (Nilsback, Zisserman 2008).

    Training and validation are 1,020 pictures each, so `val_fraction` changes nothing.
    """

    title: ClassVar[str] = "Flowers 102"
    name: Literal["flowers102"] = "flowers102"
    base: ClassVar[str] = "flowers-102"
    classes: ClassVar[tuple[str, ...]] = (
        "pink primrose", "hard-leaved pocket orchid", "canterbury bells", "sweet pea",
        "english marigold", "tiger lily", "moon orchid", "bird of paradise", "monkshood",
        "globe thistle", "snapdragon", "colt's foot", "king protea", "spear thistle", "yellow iris",
        "globe-flower", "purple coneflower", "peruvian lily", "balloon flower",
        "giant white arum lily", "fire lily", "pincushion flower", "fritillary", "red ginger",
        "grape hyacinth", "corn poppy", "prince of wales feathers", "stemless gentian", "artichoke",
        "sweet william", "carnation", "garden phlox", "love in the mist", "mexican aster",
        "alpine sea holly", "ruby-lipped cattleya", "cape flower", "great masterwort", "siam tulip",
        "lenten rose", "barbeton daisy", "daffodil", "sword lily", "poinsettia", "bolero deep blue",
        "wallflower", "marigold", "buttercup", "oxeye daisy", "common dandelion", "petunia",
        "wild pansy", "primula", "sunflower", "pelargonium", "bishop of llandaff", "gaura",
        "geranium", "orange dahlia", "pink-yellow dahlia?", "cautleya spicata", "japanese anemone",
        "black-eyed susan", "silverbush", "californian poppy", "osteospermum", "spring crocus",
        "bearded iris", "windflower", "tree poppy", "gazania", "azalea", "water lily", "rose",
        "thorn apple", "morning glory", "passion flower", "lotus", "toad lily", "anthurium",
        "frangipani", "clematis", "hibiscus", "columbine", "desert-rose", "tree mallow", "magnolia",
        "cyclamen", "watercress", "canna lily", "hippeastrum", "bee balm", "ball moss", "foxglove",
        "bougainvillea", "camellia", "mallow", "mexican petunia", "bromelia", "blanket flower",
        "trumpet creeper", "blackberry lily",
    )  # fmt: skip
    samples: ClassVar[int] = 8_189
    official_test: ClassVar[int] = 6_149
    download: ClassVar[int] = 344_862_509 + 502 + 14_989
    licence: ClassVar[str] = "none stated by the authors"
    packages: ClassVar[tuple[Package, ...]] = (
        Package(
            "flowers-102/102flowers.tgz", f"{_URL}102flowers.tgz",
            "52808999861908f626f3c1f4e79d11fa", "jpg", "flowers-102/jpg",
        ),
        Package("flowers-102/imagelabels.mat", f"{_URL}imagelabels.mat",
                "e0620be6f572b9609742df49c70aed4d"),
        Package("flowers-102/setid.mat", f"{_URL}setid.mat", "a5357ecc9cb78c4bef273ce3793fc85c"),
    )  # fmt: skip

    def _pictures(self, root: Path) -> Iterable[Listed]:
        labels = _numbers(root / "imagelabels.mat", "labels")
        for part, key in _PARTS.items():
            for number in _numbers(root / "setid.mat", key):
                target = range(len(self.classes))[labels[number - 1] - 1]
                yield Listed(f"jpg/image_{number:05d}.jpg", target, part)


def _numbers(file: Path, key: str) -> list[int]:
    """A row of whole numbers in MATLAB's format. Raises ValueError, KeyError, OSError."""
    from scipy.io import loadmat

    content = loadmat(file, variable_names=[key])
    return cast(list[int], content[key].ravel().astype(int).tolist())
