"""The reader of pickled batches: what it gives, and that a pickle cannot reach anything."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from engine.datasets import pickled
from engine.datasets.pickled import read_batch

PIXELS = np.arange(12, dtype=np.uint8).reshape(3, 4)
# As Python 2 wrote it, protocol 2: the array's bytes are a byte string, which is text to Python 3.
PYTHON_2 = (
    b"\x80\x02}(U\x04datacnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b"
    b"\x87R(K\x01K\x02K\x03\x86cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xff"
    b"J\xff\xff\xff\xffK\x00tb\x89U\x06\x00\x01\x02\xfd\xfe\xfftbU\x06labels](K\x03K\x04eu."
)


def read(tmp_path: Path, content: bytes):
    path = tmp_path / "batch"
    path.write_bytes(content)
    return read_batch(path)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4])
def test_pixels_and_labels_come_back(tmp_path, protocol, order):
    batch = {"data": np.asarray(PIXELS, order=order), "labels": [1, 2, 3]}
    pixels, labels = read(tmp_path, pickle.dumps(batch, protocol=protocol))
    assert np.array_equal(pixels, PIXELS)
    assert labels == [1, 2, 3]


def test_a_batch_of_python_2_is_read(tmp_path):
    pixels, labels = read(tmp_path, PYTHON_2)
    assert pixels.tolist() == [[0, 1, 2], [253, 254, 255]]
    assert labels == [3, 4]


@pytest.mark.parametrize(
    "call",
    [b"cos\nsystem\n", b"cbuiltins\neval\n", b"cnumpy\nload\n", b"cnumpy\nmemmap\n",
     b"cengine.datasets.pickled\nread_batch\n", b"cbuiltins\ngetattr\n"],
)  # fmt: skip
def test_no_other_name_is_found(tmp_path, call):
    with pytest.raises(ValueError, match="it asks for"):
        read(tmp_path, b"(" + call + b"S'x'\nt.")


def test_the_stand_ins_cannot_be_changed_by_a_pickle(tmp_path):
    before = {name: dict(vars(stand_in)) for name, stand_in in pickled._STAND_INS.items()}
    for module, name in pickled._STAND_INS:
        # BUILD on the name itself, with a state that would set an attribute
        attack = f"c{module}\n{name}\n".encode() + b"(N}S'__init__'\nK\x01stb."
        with pytest.raises(ValueError, match="cannot be read"):
            read(tmp_path, attack)
    assert {name: dict(vars(each)) for name, each in pickled._STAND_INS.items()} == before
