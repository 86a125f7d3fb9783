"""One file to one square of bytes: decoded, turned upright, brought to grey or colours and size."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import PIL
from PIL import Image

from engine.datasets.image_folder.looks import FORMATS, Look
from engine.datasets.resampling import Resampled

Resize = Literal["crop", "pad", "stretch"]
Pixels = npt.NDArray[np.uint8]

ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What brings a picture upright, by the orientation that its camera noted (EXIF)."""
_TRANSPARENT = frozenset({"RGBA", "RGBa", "LA", "La", "PA"})
_FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
_GAP = 2.0
"""A picture is decoded and shrunk roughly to so many times its final size before the exact
resampling: several times faster, and no eye sees a difference."""


@dataclass(frozen=True)
class Spec:
    """What every picture becomes: (channels, size, size) uint8.

    `white` is the value of a pixel of more than 8 bits that becomes 255. The square is the middle
    of one whose side is `zoom` times as long, resized by `interpolation`. The text of a spec is
    without these two, so that caches keep the names that they had before.
    """

    channels: int
    size: int
    resize: Resize
    white: float = 255.0
    zoom: float = field(default=1.0, repr=False)
    interpolation: Resampled = field(default="bilinear", repr=False)

    @property
    def whole(self) -> float:
        """The side of the square that is cut out of the middle of, in pixels."""
        return self.size * self.zoom


class NotReadError(Exception):
    """A file that is no readable picture, in a sentence. `passing`: it was the system that did not
    let us read, not the file."""

    def __init__(self, sentence: str, passing: bool = False) -> None:
        super().__init__(sentence)
        self.passing = passing


def decode(path: Path, spec: Spec) -> Pixels:
    """The picture as (channels, size, size). Raises NotReadError."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise NotReadError("it is no file")  # opening a pipe would wait for ever
        with Image.open(path, formats=FORMATS) as image:
            _refuse_bombs(image)
            image.draft("L" if spec.channels == 1 else None, _least_size(image, spec))
            image.load()
            square = _square(_plain(image, spec), spec)
            return _as_array(_upright(square, image))
    except NotReadError:
        raise
    except Image.DecompressionBombError:
        raise NotReadError("it has more pixels than are read") from None
    except MemoryError:
        raise NotReadError("it does not fit into the memory", passing=True) from None
    except Exception as error:  # Pillow's readers fail on damaged files in many ways
        by_system = isinstance(error, OSError) and error.errno is not None
        raise NotReadError(_reason(error), by_system) from None


def brightest(path: Path) -> float:
    """The largest value in a picture of more than 8 bits, 0 when there is none."""
    try:
        with Image.open(path, formats=FORMATS) as image:
            if not Look(*image.size, image.mode).deep:
                return 0.0
            _refuse_bombs(image)
            values: npt.NDArray[Any] = np.asarray(image, np.float64)
            return float(values[np.isfinite(values)].max(initial=0.0))
    except Exception:  # as above; decoding names the file
        return 0.0


def white_for(brightest: Sequence[float]) -> float:
    """The full scale that holds all of these: 1 for parts of one, else that of a number of bits.

    Cameras of 10, 12 or 14 bits store them in 16: at the scale of 16 all would be black.
    """
    most = max(brightest, default=0.0)
    if 0 < most <= 1:
        return 1.0
    bits = next((bits for bits in (8, 10, 12, 14, 16, 24, 32) if most < 2**bits), 64)
    return float(2**bits - 1)


def _refuse_bombs(image: Image.Image) -> None:
    limit = Image.MAX_IMAGE_PIXELS
    if limit is not None and image.width * image.height > limit:
        raise NotReadError(f"{image.width:,} x {image.height:,} pixels are more than are read")


def _least_size(image: Image.Image, spec: Spec) -> tuple[int, int]:
    """What a JPEG must at least be decoded to: shrinking by 2, 4 or 8 is nearly free there."""
    least = round(spec.whole * _GAP)
    if spec.resize == "pad":  # the longer side decides
        width, height = image.size
        longest = max(width, height)
        return max(1, least * width // longest), max(1, least * height // longest)
    return least, least


def _plain(image: Image.Image, spec: Spec) -> Image.Image:
    """Grey or colours of 8 bits; what is transparent becomes white."""
    if Look(*image.size, image.mode).deep:
        image = _from_deep(image, spec.white)
    if "transparency" in image.info and image.mode not in _TRANSPARENT:
        image = image.convert("RGBA")
    if image.mode in _TRANSPARENT:
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image)
    wanted = "L" if spec.channels == 1 else "RGB"
    if image.mode != wanted and image.mode not in ("L", "RGB", "1"):
        image = image.convert("RGB")  # the way from others to grey leads through colours
    return image if image.mode == wanted else image.convert(wanted)


def _from_deep(image: Image.Image, white: float) -> Image.Image:
    values = np.nan_to_num(np.asarray(image, np.float32), posinf=white, neginf=0)
    values = values * np.float32(255 / white)
    return Image.fromarray(values.round().clip(0, 255).astype(np.uint8))


def _square(image: Image.Image, spec: Spec) -> Image.Image:
    size = spec.size
    if image.size == (size, size) and spec.zoom == 1:
        return image
    if spec.resize == "pad":
        return _padded(image, spec)
    box = _middle(image, spec)
    return image.resize((size, size), _FILTERS[spec.interpolation], box, reducing_gap=_GAP)


def _middle(image: Image.Image, spec: Spec) -> tuple[float, float, float, float]:
    """The part of the picture that is kept: left, top, right, bottom."""
    width, height = float(image.width), float(image.height)
    if spec.resize == "crop":
        width = height = min(width, height)
    width, height = width / spec.zoom, height / spec.zoom
    left, top = (image.width - width) / 2, (image.height - height) / 2
    return left, top, left + width, top + height


def _padded(image: Image.Image, spec: Spec) -> Image.Image:
    """The whole picture in the middle of a black square, of which the middle is kept."""
    size, scale = spec.size, spec.whole / max(image.size)
    width, height = (max(1, round(side * scale)) for side in image.size)
    inner = image.resize((width, height), _FILTERS[spec.interpolation], reducing_gap=_GAP)
    ground = Image.new(image.mode, (size, size))
    ground.paste(inner, ((size - width) // 2, (size - height) // 2))
    return ground


def _upright(square: Image.Image, image: Image.Image) -> Image.Image:
    """Turned as the camera was held. A square can be turned after it was made: fewer pixels."""
    try:
        turn = _TURNS.get(image.getexif().get(ORIENTATION, 1))
    except Exception:  # a damaged note of the camera; the picture itself is whole
        turn = None
    return square if turn is None else square.transpose(turn)


def _as_array(image: Image.Image) -> Pixels:
    """(C, H, W) from Pillow's (H, W) or (H, W, C)."""
    values = np.asarray(image, np.uint8)
    return values[None] if values.ndim == 2 else values.transpose(2, 0, 1)


def _reason(error: Exception) -> str:
    if isinstance(error, PIL.UnidentifiedImageError):
        return "it is no picture in a format that is read"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    text = str(error).strip().splitlines()
    return text[0][:200] if text else "it is damaged"
