"""Small archives in the formats of the downloadable sets of pictures."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Mapping

import numpy as np
from PIL import Image
from scipy.io import savemat

from engine.schema import COMPONENTS
from tests.engine.datasets.files import idx, tar_gz

Files = dict[str, bytes]


def picture(level: int, kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> bytes:
    """A picture of one grey level."""
    out = io.BytesIO()
    Image.new("RGB", size, (level, level, level)).save(out, kind)
    return out.getvalue()


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A zip archive of the members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def mat(**arrays: np.ndarray) -> bytes:
    """A file in MATLAB's format."""
    out = io.BytesIO()
    savemat(out, arrays)
    return out.getvalue()


def classes(name: str) -> tuple[str, ...]:
    """The classes of a dataset."""
    return COMPONENTS.get("dataset", name)().facts().targets


def eurosat() -> Files:
    """Three pictures of each class; class k is grey level 20 k."""
    return {"EuroSAT.zip": zipped({
        f"2750/{name}/{name}_{n}.jpg": picture(20 * k)
        for k, name in enumerate(classes("eurosat")) for n in range(3)
    })}  # fmt: skip


def gtsrb() -> Files:
    """Two training pictures of each class and one to test; class k is grey level 5 k."""
    count = len(classes("gtsrb"))
    train = {f"GTSRB/Training/{k:05d}/00000_0000{n}.ppm": picture(5 * k, "PPM")
             for k in range(count) for n in range(2)}  # fmt: skip
    train |= {"GTSRB/Training/00000/GT-00000.csv": b"", "GTSRB/Readme.txt": b""}
    test = {f"GTSRB/Final_Test/Images/{k:05d}.ppm": picture(5 * k, "PPM") for k in range(count)}
    rows = "".join(f"{k:05d}.ppm;30;30;5;5;25;25;{k}\n" for k in range(count))
    table = f"Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId\n{rows}"
    return {
        "GTSRB-Training_fixed.zip": zipped(train),
        "GTSRB_Final_Test_Images.zip": zipped(test),
        "GTSRB_Final_Test_GT.zip": zipped({"GT-final_test.csv": table.encode()}),
    }


def flowers102() -> Files:
    """One picture of each class in each part; class k is grey level 2 k."""
    count = len(classes("flowers102"))
    labels = np.tile(np.arange(count), 3)
    jpg = {f"jpg/image_{n + 1:05d}.jpg": picture(2 * k) for n, k in enumerate(labels)}
    train, val, test = np.split(np.arange(1, 3 * count + 1), 3)
    return {
        "102flowers.tgz": tar_gz(jpg),
        "imagelabels.mat": mat(labels=labels + 1),
        "setid.mat": mat(trnid=train, valid=val, tstid=test),
    }


def oxford_pets() -> Files:
    """Two training pictures of each class and one to test; class k is grey level 6 k."""
    names = [name.replace(" ", "_") for name in classes("oxford_pets")]
    pictures = {f"images/{name}_{n}.jpg": picture(6 * k)
                for k, name in enumerate(names) for n in range(3)}  # fmt: skip
    lists = {
        "annotations/trainval.txt": (0, 1), "annotations/test.txt": (2,),
    }  # fmt: skip
    texts = {
        file: "".join(f"{name}_{n} {k + 1} 1 1\n" for k, name in enumerate(names) for n in numbers)
        for file, numbers in lists.items()
    }
    return {
        "images.tar.gz": tar_gz(pictures | {"images/._mac.jpg": b"", "images/x.mat": b""}),
        "annotations.tar.gz": tar_gz({name: text.encode() for name, text in texts.items()}),
    }


def caltech101() -> Files:
    """Three pictures of each class; class k is grey level 2 k. An archive in an archive."""
    inner = {f"101_ObjectCategories/{name}/image_{n:04d}.jpg": picture(2 * k)
             for k, name in enumerate(classes("caltech101")) for n in range(1, 4)}  # fmt: skip
    inner["101_ObjectCategories/BACKGROUND_Google/image_0001.jpg"] = picture(0)
    return {"caltech-101.zip": zipped({
        "caltech-101/101_ObjectCategories.tar.gz": tar_gz(inner),
        "caltech-101/Annotations.tar": b"",
    })}  # fmt: skip


def food101() -> Files:
    """Two training pictures of each class and one to test; class k is grey level 2 k."""
    names = classes("food101")
    members = {f"food-101/images/{name}/{n}.jpg": picture(2 * k)
               for k, name in enumerate(names) for n in range(3)}  # fmt: skip
    for part, numbers in (("train", (0, 1)), ("test", (2,))):
        listed = {name: [f"{name}/{n}" for n in numbers] for name in names}
        members[f"food-101/meta/{part}.json"] = json.dumps(listed).encode()
    return {"food-101.tar.gz": tar_gz(members)}


def emnist(split: str, count: int, first: int = 0) -> Files:
    """Two training images of each class and one to test; they lie on their sides, a bright row
    on top becoming a column on the left."""
    members: Files = {}
    for part, times in (("train", 2), ("test", 1)):
        labels = np.tile(np.arange(count, dtype=np.uint8), times)
        images = np.zeros((len(labels), 28, 28), np.uint8)
        images[:, 0, :] = 255
        images[:, 5, 3] = labels
        name = f"gzip/emnist-{split}-{part}"
        members[f"{name}-images-idx3-ubyte.gz"] = gzip.compress(idx(images))
        members[f"{name}-labels-idx1-ubyte.gz"] = gzip.compress(idx(labels + np.uint8(first)))
    return {"gzip.zip": zipped(members | {"gzip/../../outside": b"!"})}


def svhn() -> Files:
    """Digit k is pixel value k, column 1 of row 2 of the red channel brighter; 0 is 10 there."""
    files: Files = {}
    for part, count in (("train", 40), ("test", 20)):
        digits = np.arange(count) % 10
        pixels = np.zeros((32, 32, 3, count), np.uint8) + digits.astype(np.uint8)
        pixels[2, 1, 0] += 100
        files[f"{part}_32x32.mat"] = mat(X=pixels, y=np.where(digits, digits, 10)[:, None])
    return files


def stl10() -> Files:
    """Class k is pixel value k, brighter in column 1 of row 2 of the red channel."""
    members: Files = {"stl10_binary/unlabeled_X.bin": b"far too large", "../outside": b"!"}
    for part, count in (("train", 30), ("test", 20)):
        labels = np.arange(count, dtype=np.uint8) % 10
        images = np.zeros((count, 3, 96, 96), np.uint8) + labels[:, None, None, None]
        images[:, 0, 1, 2] += 100  # column by column
        members[f"stl10_binary/{part}_X.bin"] = images.tobytes()
        members[f"stl10_binary/{part}_y.bin"] = (labels + 1).tobytes()
    return {"stl10_binary.tar.gz": tar_gz(members)}
