"""Samples as they are in the user's own files: pictures in their own size, rows with all cells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.datasets.base import Dataset, Splits
from engine.views import InFile

if TYPE_CHECKING:
    from engine.datasets.image_folder import ImageFolder
    from engine.datasets.table import TableFile

LARGEST = 256
"""Pixels of the longer side of a picture as it is in its file."""
_MOST_CELLS = 200


def origins_of(splits: Splits, dataset: Dataset, data_dir: Path, chosen: Any) -> dict[int, InFile]:
    """Training samples by their place, as far as their files are known."""
    from engine.datasets.image_folder import ImageFolder
    from engine.datasets.table import TableFile

    places = [int(place) for place in chosen]
    if isinstance(dataset, ImageFolder):
        return _pictures(dataset, data_dir, places, len(splits.train))
    if isinstance(dataset, TableFile):
        return _rows(dataset, places, len(splits.train))
    if splits.facts.kind == "text":
        return _texts(splits, dataset, places)
    return {}


def _pictures(
    dataset: ImageFolder, data_dir: Path, places: list[int], count: int
) -> dict[int, InFile]:
    from engine.datasets.image_folder import files_of_parts

    root, files = files_of_parts(dataset, data_dir)
    train = files["train"]
    if len(train) != count:  # the folder changed since the splits were made
        return {}
    found = {place: picture_in(root, train[place]) for place in places}
    return {place: picture for place, picture in found.items() if picture is not None}


def picture_in(root: Path, name: str) -> InFile | None:
    """A picture upright and in its own colours, shrunk only if it is large; None if it has become
    unreadable."""
    from PIL import Image, ImageOps

    from engine.datasets.image_folder.looks import FORMATS

    try:
        with Image.open(root / name, formats=FORMATS) as image:
            width, height = image.size
            most = Image.MAX_IMAGE_PIXELS
            if most is not None and width * height > most:
                return InFile(name, None, (width, height))
            image.draft(None, (2 * LARGEST, 2 * LARGEST))
            small = _plain(image)
            small.thumbnail((LARGEST, LARGEST))
            upright = ImageOps.exif_transpose(small)
            turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
            size = (height, width) if turned else (width, height)
            return InFile(name, np.ascontiguousarray(np.asarray(upright, np.uint8)), size)
    except Exception:  # Pillow's readers fail on damaged files in many ways
        return None


def _plain(image: Any) -> Any:
    """Grey or colours of 8 bits; more bits are stretched from the darkest to the brightest."""
    from PIL import Image

    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        values = np.nan_to_num(np.asarray(image, np.float32))
        low, high = float(values.min()), float(values.max())
        scaled = (values - low) * (255 / (high - low) if high > low else 1)
        return Image.fromarray(scaled.clip(0, 255).astype(np.uint8))
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _rows(dataset: TableFile, places: list[int], count: int) -> dict[int, InFile]:
    from engine.datasets.table import table_raw, training_rows
    from engine.datasets.table.values import label

    raw, rows = table_raw(dataset), training_rows(dataset)
    if len(rows) != count:
        return {}
    names = list(raw.frame.columns)[:_MOST_CELLS]
    found: dict[int, InFile] = {}
    for place in places:
        values = raw.frame.iloc[int(rows[place])]
        cells = tuple((name, _shown(label(values[name]))) for name in names)
        found[place] = InFile(f"row {int(rows[place]) + 1:,}", cells=cells)
    return found


def _shown(text: str, most: int = 300) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _texts(splits: Splits, dataset: Dataset, places: list[int]) -> dict[int, InFile]:
    """The whole text, cleaned but not cut off; of a corpus the stretch put together again."""
    from engine.datasets.text import TextFile
    from engine.datasets.text.encoding import TextEncoder

    if isinstance(dataset, TextFile):
        prepared = dataset._prepared()
        rows = prepared.indices["train"]
        if len(rows) != len(splits.train):
            return {}
        chosen_rows = {place: int(rows[place]) for place in places}
        return {
            place: InFile(text=prepared.texts[row], tokens=len(prepared.ids[row]))
            for place, row in chosen_rows.items()
        }
    if not splits.facts.encoding:
        return {}
    encoder, inputs = TextEncoder.from_json(splits.facts.encoding), splits.train.inputs
    return {place: InFile(text=encoder.decode(inputs[place].tolist())) for place in places}
