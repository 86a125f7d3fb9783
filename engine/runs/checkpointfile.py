"""A checkpoint as a file: what it says of itself, whether it is whole. Needs no torch.

The file is what `torch.save` writes, a zip archive, and the archive's comment carries a stamp: the
moment that the checkpoint is of, and the SHA-256 of everything before the comment.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import struct
import zipfile
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path

from engine.problems import Problem, ProblemError
from engine.runs.folder import FORMAT, RunFolder

_END = b"PK\x05\x06"
_END_SIZE = 22


@dataclass(frozen=True)
class Stamp:
    """The moment: `step` optimizer steps, `batch` training batches, `epoch` epochs done.

    `reason` is last, best, auto, asked, stopped or fork; `sha256` covers all before the comment.
    """

    step: int
    batch: int
    epoch: float
    reason: str
    saved: str
    version: str
    format: int = FORMAT
    sha256: str = ""


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint of a run; `stamp` is None when it has none (an older version, a torn file)."""

    path: Path
    stamp: Stamp | None
    bytes: int

    @property
    def batch(self) -> int:
        """Training batches done, -1 if unknown."""
        return self.stamp.batch if self.stamp is not None else -1


def stamped(archive: bytes, stamp: Stamp) -> bytes:
    """The zip archive with the stamp as its comment."""
    head = archive[:-2]  # ends with the length of an empty comment
    if archive[-_END_SIZE:][:4] != _END or archive[-2:] != b"\0\0":
        raise ValueError("Not a zip archive without a comment")
    fields = {**asdict(stamp), "sha256": hashlib.sha256(head).hexdigest()}
    comment = json.dumps(fields).encode()
    return head + struct.pack("<H", len(comment)) + comment


def archive_of(data: bytes) -> bytes:
    """The zip archive without a stamp."""
    head, stamp = _split(data)
    return data if stamp is None else head + b"\0\0"


def read_stamp(path: Path) -> Stamp | None:
    """The stamp from the end of the file; None if there is none or it cannot be read."""
    try:
        with open(path, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _END_SIZE - 4096))
            tail = file.read()
    except OSError:
        return None
    return _split(tail)[1]


def verified(path: Path) -> bytes:
    """The file's bytes. Raises ProblemError when they are not those that were written, or were
    written by a newer version. Of format 1 only the archive's own sums can be compared."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        names = ", ".join(c.path.name for c in list_checkpoints(RunFolder(path.parent.parent)))
        hint = f"there is {names}: use --checkpoint" if names else "train the run first"
        raise ProblemError(Problem("checkpoint", f"There is no checkpoint {path}", hint)) from None
    except OSError as error:
        sentence = f"{path.name} cannot be read: {error.strerror or error}"
        raise ProblemError(Problem("checkpoint", sentence, "use another checkpoint")) from None
    head, stamp = _split(data)
    if stamp is None and not data[-_END_SIZE:].startswith(_END):
        raise ProblemError(damaged(path, "it is cut off, or not a checkpoint of this program"))
    if stamp is None and not _archive_is_whole(data):
        raise ProblemError(damaged(path, "its content does not match its checksum"))
    if stamp is not None and stamp.format > FORMAT:
        sentence = f"{path.name} was written by Trainboard {stamp.version}, which is newer"
        raise ProblemError(Problem("checkpoint", sentence, "update Trainboard to open it"))
    if stamp is not None and hashlib.sha256(head).hexdigest() != stamp.sha256:
        raise ProblemError(damaged(path, "its content does not match its checksum"))
    return data


def damaged(path: Path, how: str) -> Problem:
    """What to say of a file that is not whole, naming the next older one that is."""
    others = [c for c in list_checkpoints(RunFolder(path.parent.parent)) if c.path != path]
    offered = next((c for c in reversed(others) if is_whole(c.path)), None)
    hint = "there is no other whole one"
    if offered is not None:
        at = f" (step {offered.stamp.step})" if offered.stamp is not None else ""
        hint = f"{offered.path.name} is whole: use --checkpoint {offered.path.name}{at}"
    return Problem("checkpoint", f"{path.name} is damaged: {how}", hint)


def is_whole(path: Path) -> bool:
    """Whether the file's content matches its stamp, or without one (format 1) its own sums."""
    try:
        data = path.read_bytes()
    except OSError:
        return False
    head, stamp = _split(data)
    if stamp is None:
        return data[-_END_SIZE:].startswith(_END) and _archive_is_whole(data)
    return hashlib.sha256(head).hexdigest() == stamp.sha256


def is_cut_off(path: Path) -> bool:
    """Whether the file does not end as a checkpoint of any version does. False if it is absent."""
    try:
        with open(path, "rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _END_SIZE))
            tail = file.read()
    except OSError:
        return False
    return not tail.startswith(_END) and read_stamp(path) is None


def _archive_is_whole(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.testzip() is None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        return False


def list_checkpoints(folder: RunFolder) -> list[Checkpoint]:
    """The checkpoints of a run by the moment they are of, the latest last."""
    found = []
    for path in folder.checkpoints.glob("*.ckpt"):
        with contextlib.suppress(FileNotFoundError):  # deleted meanwhile: older ones are
            found.append(Checkpoint(path, read_stamp(path), path.stat().st_size))
    return sorted(found, key=lambda c: (c.batch, c.path.name == "last.ckpt", c.path.name))


def find_checkpoint(folder: RunFolder, name: str | Path) -> Path:
    """A checkpoint by its name in the run, or by path. Raises ProblemError when there is none."""
    named = folder.checkpoints / name
    for candidate in (named, named.with_name(f"{named.name}.ckpt"), Path(name).expanduser()):
        if candidate.is_file():
            return candidate.resolve()
    names = ", ".join(c.path.name for c in list_checkpoints(folder))
    sentence = f"{folder.name} has no checkpoint {str(name)!r}"
    raise ProblemError(Problem("checkpoint", sentence, f"it has {names or 'none'}"))


def nearest(folder: RunFolder, step: int) -> Checkpoint:
    """The checkpoint of a run nearest to an optimizer step. Raises ProblemError without any."""
    known = [c for c in list_checkpoints(folder) if c.stamp is not None]
    if not known:
        hint = "train it with --checkpoint-every-steps"
        raise ProblemError(Problem("checkpoint", f"{folder.name} has no checkpoint", hint))
    return min(known, key=lambda c: abs(c.stamp.step - step) if c.stamp else step)


def _split(data: bytes) -> tuple[bytes, Stamp | None]:
    """What the checksum covers, and the stamp, of a file or of its end."""
    start = data.rfind(_END + b"\0\0\0\0")
    if start < 0:
        return data, None
    border = start + _END_SIZE - 2
    try:
        (length,) = struct.unpack("<H", data[border : border + 2])
        comment = data[border + 2 :]
        if len(comment) != length or not comment:
            return data, None
        fields = json.loads(comment)  # a newer version may have added some
        return data[:border], Stamp(**{name: fields[name] for name in Stamp.__dataclass_fields__})
    except (struct.error, ValueError, TypeError, KeyError):
        return data, None
