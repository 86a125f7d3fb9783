"""One file to one square: formats, depths, orientation, transparency, and files that are broken."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.datasets.image_folder.decoding import (
    NotReadError,
    Spec,
    brightest,
    decode,
    white_for,
)
from engine.datasets.image_folder.looks import look_at, quieten_pillow
from tests.engine.datasets.image_folder.photos import gradient

SPEC = Spec(3, 16, "crop")
GREY = Spec(1, 16, "crop")
CORNERS = [(0, 0), (0, -1), (-1, 0), (-1, -1)]


def corners(pixels: np.ndarray) -> list[tuple[bool, bool]]:
    """Of each corner, whether it is on the picture's right (red) and lower (green) side."""
    return [(bool(pixels[0, y, x] > 128), bool(pixels[1, y, x] > 128)) for y, x in CORNERS]


UPRIGHT = [(False, False), (True, False), (False, True), (True, True)]


@pytest.mark.parametrize("ending", ["jpg", "png", "bmp", "webp", "tif", "ppm"])
@pytest.mark.parametrize("spec", [SPEC, GREY], ids=["rgb", "grey"])
def test_every_format(ending, spec, tmp_path):
    path = tmp_path / f"a.{ending}"
    gradient((40, 40)).save(path, **({"quality": 95} if ending in ("jpg", "webp") else {}))
    pixels = decode(path, spec)
    assert pixels.shape == (spec.channels, 16, 16)
    assert pixels.dtype == np.uint8
    if spec.channels == 3:
        assert corners(pixels) == UPRIGHT
    expected = np.asarray(gradient((40, 40)).convert("RGB" if spec.channels == 3 else "L"))
    assert abs(pixels.mean() - expected.mean()) < 3


def test_the_ending_is_not_believed(tmp_path):
    gradient((16, 16)).save(tmp_path / "a.jpg", format="PNG")
    assert corners(decode(tmp_path / "a.jpg", SPEC)) == UPRIGHT


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("resize", ["crop", "pad", "stretch"])
def test_pictures_stand_upright(ending, orientation, resize, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"a.{ending}"
    gradient((64, 48)).save(path, exif=exif, **({"lossless": True} if ending == "webp" else {}))
    from PIL import ImageOps

    expected = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    pixels = decode(path, Spec(3, 24, resize)).astype(int)
    plain = tmp_path / "plain.png"
    expected.save(plain)
    assert np.abs(pixels - decode(plain, Spec(3, 24, resize))).mean() < 8


def test_damaged_exif_is_overlooked(tmp_path):
    path = tmp_path / "a.jpg"
    gradient((32, 32)).save(path, exif=b"Exif\0\0II*\0\xff\xff\xff\xff rubbish")
    assert corners(decode(path, SPEC)) == UPRIGHT


# --- Shape ---------------------------------------------------------------------------------------


def wide(tmp_path: Path) -> Path:
    """A picture twice as wide as high: black, but white in the middle half."""
    values = np.zeros((20, 40), np.uint8)
    values[:, 10:30] = 255
    path = tmp_path / "wide.png"
    Image.fromarray(values).save(path)
    return path


def test_crop_keeps_the_middle(tmp_path):
    assert decode(wide(tmp_path), GREY).min() > 200


def test_pad_keeps_everything_between_black_bars(tmp_path):
    pixels = decode(wide(tmp_path), Spec(1, 16, "pad"))[0]
    assert pixels[:4].max() == pixels[12:].max() == 0
    assert (pixels[8, :3].max(), pixels[8, 8]) == (0, 255)


def test_stretch_fills_the_square(tmp_path):
    pixels = decode(wide(tmp_path), Spec(1, 16, "stretch"))[0]
    assert (pixels[:, :3].max(), pixels[:, 8].min()) == (0, 255)


@pytest.mark.parametrize("resize", ["crop", "pad", "stretch"])
@pytest.mark.parametrize("size", [(16, 16), (40, 40), (64, 48)])
def test_with_a_zoom_the_middle_of_a_larger_square_is_kept(size, resize, tmp_path):
    path = tmp_path / "a.png"
    gradient(size).save(path)
    larger = decode(path, Spec(3, 32, resize)).astype(int)
    middle = decode(path, Spec(3, 16, resize, zoom=2.0)).astype(int)
    assert np.abs(middle - larger[:, 8:24, 8:24]).mean() < 4
    whole = decode(path, Spec(3, 16, resize, zoom=1.0))
    assert np.array_equal(whole, decode(path, Spec(3, 16, resize)))


@pytest.mark.parametrize("resize", ["crop", "pad", "stretch"])
def test_the_interpolation_is_that_of_pillow(resize, tmp_path):
    path = tmp_path / "a.png"
    noise = np.random.default_rng(0).integers(0, 256, (60, 60, 3), np.uint8)
    Image.fromarray(noise).save(path)
    for name, kind in (("bilinear", Image.Resampling.BILINEAR), ("bicubic",
                       Image.Resampling.BICUBIC)):  # fmt: skip
        expected = np.asarray(Image.open(path).resize((40, 40), kind)).transpose(2, 0, 1)
        pixels = decode(path, Spec(3, 40, resize, interpolation=name))
        assert np.array_equal(pixels, expected), name
    assert np.array_equal(decode(path, Spec(3, 40, resize)),
                          decode(path, Spec(3, 40, resize, interpolation="bilinear")))  # fmt: skip


@pytest.mark.parametrize("resize", ["crop", "pad", "stretch"])
@pytest.mark.parametrize("size", [(16, 16), (1, 1), (1, 900), (3000, 2), (1000, 700)])
def test_any_shape_becomes_a_square(size, resize, tmp_path):
    Image.new("RGB", size, (9, 99, 199)).save(tmp_path / "a.jpg", quality=95)
    pixels = decode(tmp_path / "a.jpg", Spec(3, 16, resize))
    assert pixels.shape == (3, 16, 16)
    assert abs(int(pixels[2].max()) - 199) < 6


def test_a_picture_of_the_right_size_is_taken_as_it_is(tmp_path):
    gradient((16, 16)).save(tmp_path / "a.png")
    expected = np.asarray(gradient((16, 16))).transpose(2, 0, 1)
    assert np.array_equal(decode(tmp_path / "a.png", SPEC), expected)


@pytest.mark.parametrize("resize", ["crop", "pad", "stretch"])
def test_quick_decoding_loses_no_detail(resize, tmp_path):
    random = np.random.default_rng(0)
    coarse = Image.fromarray(random.integers(0, 256, (25, 40, 3), dtype=np.uint8))
    large = coarse.resize((400, 250), Image.Resampling.BICUBIC)
    large.save(tmp_path / "a.jpg", quality=95)
    large.save(tmp_path / "a.png")  # decoded in full
    quick, full = (decode(tmp_path / f"a.{e}", Spec(3, 32, resize)) for e in ("jpg", "png"))
    assert np.abs(quick.astype(int) - full).mean() < 4


# --- Depth and colour ----------------------------------------------------------------------------


def sixteen(path: Path, highest: int, kind: Any = np.uint16) -> Path:
    """A grey ramp from 0 to `highest`, saved with more than 8 bits."""
    ramp = np.linspace(0, highest, 16).astype(kind)
    Image.fromarray(np.tile(ramp, (16, 1))).save(path)
    return path


@pytest.mark.parametrize("ending", ["png", "tif"])
@pytest.mark.parametrize(("highest", "white"), [(65535, 65535), (4095, 4095), (900, 1023)])
def test_deep_grey_is_scaled_by_its_bits(ending, highest, white, tmp_path):
    path = sixteen(tmp_path / f"a.{ending}", highest)
    assert look_at(tmp_path, [path.name]).found[0].deep
    assert white_for([brightest(path)]) == white
    pixels = decode(path, Spec(1, 16, "crop", white))[0, 0]
    expected = np.linspace(0, highest, 16) * 255 / white
    assert np.abs(pixels - expected).max() < 1.5
    assert np.array_equal(decode(path, Spec(3, 16, "crop", white))[1, 0], pixels)


@pytest.mark.parametrize(("kind", "highest", "white"), [
    (np.float32, 1, 1), (np.float32, 200, 255), (np.int32, 100_000, 2**24 - 1),
])  # fmt: skip
def test_numbers_of_32_bits(kind, highest, white, tmp_path):
    path = sixteen(tmp_path / "a.tif", highest, kind)
    assert white_for([brightest(path)]) == white
    pixels = decode(path, Spec(1, 16, "crop", white))[0, 0]
    assert np.all(np.diff(pixels.astype(int)) >= 0)
    assert pixels[-1] == round(255 * highest / white)


def test_what_is_no_number_or_too_bright_is_clipped(tmp_path):
    values = np.array([[np.nan, np.inf], [-5, 0.5]], np.float32)
    Image.fromarray(values).save(tmp_path / "a.tif")
    assert brightest(tmp_path / "a.tif") == 0.5
    assert decode(tmp_path / "a.tif", Spec(1, 2, "crop", 1.0)).tolist() == [[[0, 255], [0, 128]]]


def test_ordinary_pictures_have_no_depth_to_find(tmp_path):
    gradient((4, 4)).save(tmp_path / "a.png")
    assert brightest(tmp_path / "a.png") == brightest(tmp_path / "nothing.png") == 0
    assert white_for([0.0]) == white_for([]) == 255


def test_what_is_transparent_becomes_white(tmp_path):
    values = np.zeros((8, 8, 4), np.uint8)
    values[:4] = (200, 0, 0, 255)
    Image.fromarray(values).save(tmp_path / "a.png")
    pixels = decode(tmp_path / "a.png", Spec(3, 8, "crop"))
    assert pixels[:, 0, 0].tolist() == [200, 0, 0]
    assert pixels[:, 7, 7].tolist() == [255, 255, 255]
    palette = Image.new("P", (8, 8), 1)
    palette.putpalette([0, 0, 0, 10, 20, 30])
    palette.save(tmp_path / "p.png", transparency=1)
    assert decode(tmp_path / "p.png", Spec(3, 8, "crop")).min() == 255
    Image.new("LA", (8, 8), (50, 0)).save(tmp_path / "la.png")
    assert decode(tmp_path / "la.png", Spec(1, 8, "crop")).min() == 255


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "LAB"])
def test_other_modes(mode, tmp_path):
    path = tmp_path / "a.tif"
    picture = Image.new("RGB", (8, 8), (255, 255, 255))
    if mode == "LAB":
        Image.new("LAB", (8, 8), (255, 128, 128)).save(path)
    else:
        picture.convert(mode).save(path)
    assert decode(path, Spec(3, 8, "crop")).min() > 240
    assert decode(path, Spec(1, 8, "crop")).min() > 240


def test_the_first_of_several_pages_counts(tmp_path):
    first, second = Image.new("L", (8, 8), 10), Image.new("L", (8, 8), 200)
    first.save(tmp_path / "a.tif", save_all=True, append_images=[second])
    assert decode(tmp_path / "a.tif", Spec(1, 8, "crop")).max() == 10


# --- Broken files --------------------------------------------------------------------------------


def jpeg() -> bytes:
    buffer = io.BytesIO()
    gradient((64, 64)).save(buffer, format="JPEG")
    return buffer.getvalue()


def svg() -> bytes:
    return b"<svg xmlns='http://www.w3.org/2000/svg'/>"


@pytest.mark.parametrize(
    "content",
    [b"", b"no picture", jpeg()[:300], jpeg()[:20], jpeg()[: len(jpeg()) // 2], svg(), bytes(100),
     b"\x89PNG\r\n\x1a\n" + bytes(50), b"II*\0\x08\0\0\0\xff\xff", b"BM" + bytes(60),
     b"P6 10 10 255\n", b"RIFF\x10\0\0\0WEBPVP8 "],
)  # fmt: skip
@pytest.mark.parametrize("spec", [SPEC, GREY], ids=["rgb", "grey"])
def test_a_broken_file_is_said_to_be(content, spec, tmp_path):
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(NotReadError) as caught:
        decode(tmp_path / "a.jpg", spec)
    assert 0 < len(str(caught.value)) < 250
    assert "\n" not in str(caught.value)
    assert not caught.value.passing


def test_other_readers_of_pillow_are_never_asked(tmp_path):
    buffer = io.BytesIO()
    gradient((8, 8)).save(buffer, format="EPS")
    (tmp_path / "a.png").write_bytes(buffer.getvalue())
    with pytest.raises(NotReadError, match="no picture in a format that is read"):
        decode(tmp_path / "a.png", SPEC)


@pytest.mark.parametrize("limit", [1000, 3000])
def test_a_bomb_is_refused_without_a_warning(limit, tmp_path, monkeypatch):
    gradient((64, 64)).save(tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        quieten_pillow()
        with pytest.raises(NotReadError, match=r"pixels .*are read"):
            decode(tmp_path / "a.png", SPEC)
        assert look_at(tmp_path, ["a.png"]).channels == 3


def test_what_the_system_withholds_may_pass(tmp_path):
    with pytest.raises(NotReadError, match="no such file") as caught:
        decode(tmp_path / "gone.png", SPEC)
    assert caught.value.passing
