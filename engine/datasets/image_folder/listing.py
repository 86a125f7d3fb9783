"""What lies in a folder: names only, read once with os.scandir and kept while nothing changes."""

from __future__ import annotations

import os
import stat
import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.datasets.image_folder import problems
from engine.datasets.image_folder.notes import Note
from engine.problems import ProblemError

PICTURES = frozenset({
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm",
})  # fmt: skip
TABLES = frozenset({".csv", ".tsv"})
FOREIGN = frozenset({
    ".heic", ".heif", ".avif", ".gif", ".svg", ".jp2", ".psd", ".dcm", ".dng", ".nef", ".cr2",
    ".arw", ".raw", ".npy",
})  # fmt: skip
"""Endings of pictures that are not read; named when there is nothing else."""
_NO_CONTENT = frozenset({"__MACOSX", "$RECYCLE.BIN", "System Volume Information"})

MOST_FILES = 2_000_000
DEEPEST = 32
ENOUGH_TO_TELL = 20_000
"""After so many files and folders, and each time again, a place in which hardly any are pictures is
given up: somebody is typing the first letters of a path."""


@dataclass(frozen=True)
class Listing:
    """Names below a root, all relative to it and with "/" between them.

    `pictures` and `tables` are sorted; tables are those in the root itself. `folders` are all that
    were looked into ("" for the root) with the times at which their content last changed, in
    nanoseconds. `settled` says whether those were long enough ago to be told from a later change.
    """

    root: Path
    pictures: tuple[str, ...]
    tables: tuple[str, ...]
    folders: dict[str, int]
    foreign: tuple[str, ...]
    notes: tuple[Note, ...]
    settled: bool

    def current(self) -> bool:
        """Whether no name was added or taken away since."""
        try:
            return self.settled and all(
                os.stat(_joined(self.root, name)).st_mtime_ns == time_of
                for name, time_of in self.folders.items()
            )
        except OSError:
            return False


def list_folder(root: Path) -> Listing:
    """Everything below a folder. Hidden files are ignored, links followed, loops left out.

    Raises ProblemError: nothing there, a file, not readable, or a folder of something else.
    """
    _check_root(root)
    scan = _Scan(root)
    scan.run()
    return scan.result()


def _check_root(root: Path) -> None:
    try:
        str(root).encode()
    except UnicodeEncodeError:
        raise ProblemError(problems.no_text(root)) from None
    try:
        kind = os.stat(root).st_mode
    except FileNotFoundError:
        raise ProblemError(problems.not_there(root)) from None
    except NotADirectoryError:
        raise ProblemError(problems.not_there(root)) from None
    except ValueError:  # a zero byte in the name
        raise ProblemError(problems.not_there(root)) from None
    except OSError as error:
        raise ProblemError(problems.unreadable_place(root, error)) from None
    if not stat.S_ISDIR(kind):
        raise ProblemError(problems.no_folder(root, _suffix(root.name) in PICTURES))


class _Scan:
    """One walk through a folder, each folder once. Linked folders come last, so that a folder is
    found in its own place and the link to it is what is left out."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._began = time.time_ns()
        self._waiting: deque[tuple[str, bool]] = deque([("", False)])
        self._seen: set[tuple[int, int]] = set()
        self._pictures: list[str] = []
        self._tables: list[str] = []
        self._folders: dict[str, int] = {}
        self._foreign: Counter[str] = Counter()
        self._notes: list[Note] = []
        self._entries = 0

    def run(self) -> None:
        """Look into every folder."""
        while self._waiting:
            name, linked = self._waiting.popleft()
            path = _joined(self._root, name)
            try:
                found = os.stat(path)
                if self._is_new(name, (found.st_dev, found.st_ino), linked):
                    self._folders[name] = found.st_mtime_ns
                    self._look_into(name, path)
            except FileNotFoundError:
                continue  # deleted meanwhile
            except OSError as error:
                raise ProblemError(problems.unreadable_place(Path(path), error)) from None

    def _is_new(self, name: str, identity: tuple[int, int], linked: bool) -> bool:
        if identity in self._seen:
            if linked:
                self._notes.append(Note(name, "a link to a folder that is here already"))
            return False
        self._seen.add(identity)
        return True

    def _look_into(self, folder: str, path: str) -> None:
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.name in _NO_CONTENT:
                    continue
                name = f"{folder}/{entry.name}" if folder else entry.name
                try:
                    is_folder = entry.is_dir()
                except OSError:  # a link to itself
                    self._notes.append(Note(name, "a link that leads nowhere"))
                    continue
                self._count()
                if is_folder:
                    self._add_folder(name, entry.is_symlink())
                else:
                    self._add_file(name, folder, entry)

    def _add_folder(self, name: str, linked: bool) -> None:
        if name.count("/") >= DEEPEST:
            self._notes.append(Note(name, f"more than {DEEPEST} folders deep, not looked into"))
        elif linked:
            self._waiting.append((name, True))
        else:
            self._waiting.appendleft((name, False))

    def _add_file(self, name: str, folder: str, entry: os.DirEntry[str]) -> None:
        suffix = _suffix(entry.name)
        if suffix in PICTURES:
            if entry.is_file():
                self._pictures.append(name)
            else:  # opening a pipe would wait for ever
                nowhere = entry.is_symlink() and not os.path.exists(entry.path)
                self._notes.append(
                    Note(name, "a link that leads nowhere" if nowhere else "no file")
                )
        elif suffix in TABLES and not folder and entry.is_file():
            self._tables.append(name)
        elif suffix in FOREIGN:
            self._foreign[suffix] += 1

    def _count(self) -> None:
        self._entries += 1
        if self._entries > MOST_FILES:
            raise ProblemError(problems.too_many(self._root, MOST_FILES))
        if self._entries % ENOUGH_TO_TELL == 0 and len(self._pictures) * 100 < self._entries:
            raise ProblemError(problems.hardly_any(self._root, self._entries))

    def result(self) -> Listing:
        """What was found, in an order that does not depend on the disk."""
        # File systems tell times in steps of up to two seconds: what happened just before this
        # cannot be told from what happens right after it.
        settled = max(self._folders.values(), default=0) < self._began - 2_000_000_000
        return Listing(
            self._root, tuple(sorted(self._pictures)), tuple(sorted(self._tables)), self._folders,
            tuple(suffix for suffix, _ in self._foreign.most_common()), tuple(self._notes), settled,
        )  # fmt: skip


def _suffix(name: str) -> str:
    return os.path.splitext(name)[1].lower()


def _joined(root: Path, name: str) -> str:
    return os.path.join(root, name) if name else str(root)


class Listings:
    """The last few listings. One is given again for `patience` seconds without a look at the disk,
    and as long as the times of its folders are the same: a recipe is validated at every key typed.
    """

    def __init__(
        self, patience: float = 0.5, clock: Callable[[], float] = time.monotonic, keep: int = 4
    ) -> None:
        self._patience = patience
        self._clock = clock
        self._keep = keep
        self._kept: OrderedDict[Path, tuple[float, Listing]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, root: Path, exact: bool = False) -> Listing:
        """The listing of a folder, `exact` for one that is looked after at this moment.

        Raises ProblemError as `list_folder` does.
        """
        with self._lock:
            checked, listing = self._kept.pop(root, (0.0, None))
            recent = not exact and self._clock() - checked < self._patience
            if listing is None or not (recent or listing.current()):
                listing = list_folder(root)
            self._kept[root] = (checked if recent else self._clock(), listing)
            while len(self._kept) > self._keep:
                self._kept.popitem(last=False)
            return listing


LISTINGS = Listings()
