"""A downloaded set as the image folder's machinery wants it: surveyed, and what is made of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.datasets.base import SelfSplit
from engine.datasets.image_folder.assemble import Making
from engine.datasets.image_folder.decoding import Spec
from engine.datasets.image_folder.layout import PARTS, Layout
from engine.datasets.image_folder.listing import Listing
from engine.datasets.image_folder.looks import Looks
from engine.datasets.image_folder.parts import Shares
from engine.datasets.image_folder.survey import Survey
from engine.datasets.resampling import resampled

if TYPE_CHECKING:
    from engine.datasets.pictures.base import Listed, PictureSet


def surveyed(root: Path, pictures: Iterable[Listed], classes: tuple[str, ...]) -> Survey:
    """The pictures of a set, whose lists say what a person's own folder would have to be asked."""
    found = list(pictures)
    layout = Layout(
        root,
        tuple(picture.file for picture in found),
        tuple(picture.target for picture in found),
        tuple(PARTS.index(picture.part) for picture in found),
        classes,
        "classes",
    )
    listing = Listing(root, layout.files, (), {}, (), (), settled=True)
    return Survey(listing, layout, (), Looks((), ()), None, ())


def making(dataset: PictureSet, data_dir: Path) -> Making:
    """What is made of its pictures."""
    # The part of a set that brings its own test pictures is not used.
    test = dataset.test_fraction if isinstance(dataset, SelfSplit) else dataset.val_fraction
    shares = Shares(dataset.val_fraction, test, dataset.split_seed, dataset.subset)
    caches = data_dir / "cache" / "images"
    _, size, _ = dataset.facts().shape
    how = resampled(dataset.interpolation)
    spec = Spec(3, size, dataset.resize, zoom=dataset.zoom or 1.0, interpolation=how)
    return Making(spec, shares, "skip", dataset.storage, caches)
