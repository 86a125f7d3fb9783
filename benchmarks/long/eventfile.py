"""An event file as TensorBoard writes it, a million scalars at once.

Its own writer takes a minute for a million. Here all records of a metric have one length (a step
is written in four bytes, which the format allows), so that numpy makes them, checksums included.

Format: https://github.com/tensorflow/tensorboard, record_writer.py and event.proto.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.runs.metriclog import Points

Bytes = npt.NDArray[np.uint8]
_CASTAGNOLI = 0x82F63B78


def write_events(path: Path, curves: dict[str, Points]) -> None:
    """Write all curves, one after the other."""
    header = _records(np.frombuffer(_VERSION, np.uint8)[None])
    parts = [header, *(_records(_events(name, points)) for name, points in curves.items())]
    path.write_bytes(b"".join(part.tobytes() for part in parts))


_VERSION = b"\x09" + bytes(8) + b"\x1a\x0dbrain.Event:2"
"""`wall_time` 0 and `file_version`, with which every event file begins."""


def _events(name: str, points: Points) -> Bytes:
    """Messages `Event { wall_time, step, summary { value { tag, simple_value } } }` (N, length)."""
    tag = name.encode()
    value = b"\x0a" + bytes([len(tag)]) + tag + b"\x15"
    head = b"\x2a" + bytes([len(value) + 6]) + b"\x0a" + bytes([len(value) + 4]) + value
    count = len(points)
    out = np.zeros((count, 9 + 5 + len(head) + 4), np.uint8)
    out[:, 0] = 0x09
    out[:, 1:9] = _bytes(points["time"], "<f8")
    out[:, 9] = 0x10
    steps = points["step"].astype(np.uint32)
    for place in range(4):  # seven bits each; the first three say that more follow
        out[:, 10 + place] = (steps >> (7 * place)) & 0x7F | (0x80 if place < 3 else 0)
    out[:, 14 : 14 + len(head)] = np.frombuffer(head, np.uint8)
    out[:, 14 + len(head) :] = _bytes(points["value"], "<f4")
    return out


def _records(messages: Bytes) -> Bytes:
    """Each with its length before it, and a checksum of both."""
    count, length = messages.shape
    head = _bytes(np.full(count, length), "<u8")
    return np.concatenate(
        [head, _bytes(_masked(head), "<u4"), messages, _bytes(_masked(messages), "<u4")], axis=1
    )


def _bytes(values: Any, kind: str) -> Bytes:
    """Each value in its bytes: (N,) to (N, size)."""
    return np.ascontiguousarray(values, kind).view(np.uint8).reshape(len(values), -1)


def _masked(rows: Bytes) -> npt.NDArray[np.uint32]:
    """The masked CRC-32C of each row."""
    crc = np.full(len(rows), 0xFFFFFFFF, np.uint32)
    for column in rows.T:
        crc = _TABLE[(crc ^ column) & 0xFF] ^ (crc >> np.uint32(8))
    crc = ~crc
    return ((crc >> np.uint32(15)) | (crc << np.uint32(17))) + np.uint32(0xA282EAD8)


def _table() -> npt.NDArray[np.uint32]:
    found = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (_CASTAGNOLI if byte & 1 else 0)
        found.append(byte)
    return np.array(found, np.uint32)


_TABLE = _table()
