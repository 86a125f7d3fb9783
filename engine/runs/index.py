"""The run library's memory: what the run folders said when they were last read, in SQLite.

It can be thrown away at any time; whoever cannot read or write it does without.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path

from engine import paths
from engine.runs.info import RunInfo, info_from_values
from engine.runs.tally import Tally

logger = logging.getLogger(__name__)

_VERSION = 1
"""To be raised when the same run folder comes to be described in another way."""

_SHAPE = (_VERSION, *(declared.name for declared in (*fields(RunInfo), *fields(Tally))))
_SCHEMA = zlib.crc32(repr(_SHAPE).encode()) & 0x7FFFFFFF  # SQLite keeps it in 31 bits and a sign

_TABLE = """CREATE TABLE runs (name BLOB PRIMARY KEY, signature BLOB NOT NULL, info TEXT NOT NULL,
    tally TEXT NOT NULL) WITHOUT ROWID"""

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)

_PATIENCE = 2.0
"""Seconds to wait for another process that writes the same index."""


@dataclass(frozen=True)
class Row:
    """A run as it was when its folder had this signature."""

    signature: bytes
    info: RunInfo
    tally: Tally | None = None


def index_path(runs_dir: Path) -> Path:
    """Where the index of a library is kept: with the user's own things, one file a library."""
    digest = hashlib.sha256(os.fsencode(runs_dir.resolve())).hexdigest()
    return paths.home() / "index" / f"{digest[:16]}.sqlite"


class Index:
    """Rows by run name, in a file. Holds nothing open between two calls and raises nothing."""

    def __init__(self, path: Path, runs_dir: Path) -> None:
        self._path = path
        self._runs_dir = runs_dir

    def load(self) -> dict[str, Row]:
        """All rows; none when there is no index, or one that is damaged or of another version."""
        if not self._path.exists():
            return {}
        try:
            with self._opened() as database:
                if _version(database) != _SCHEMA:
                    return {}
                found = database.execute("SELECT name, signature, info, tally FROM runs").fetchall()
            return dict(self._row(*columns) for columns in found)
        except (sqlite3.Error, OSError) as error:
            self._give_up(error)
        except (ValueError, TypeError, KeyError, IndexError, RecursionError):
            logger.debug("The index %s is not of this program", self._path, exc_info=True)
            self._remove()
        return {}

    def save(self, rows: Mapping[str, Row], changed: Iterable[str], gone: Iterable[str]) -> None:
        """Write the `changed` ones of `rows` and forget those that are `gone`."""
        changed, gone = list(changed), list(gone)
        if not (changed or gone):
            return
        try:
            self._write(rows, changed, gone)
        except (sqlite3.Error, OSError) as error:
            if self._give_up(error):
                with suppress(sqlite3.Error, OSError):
                    self._write(rows, changed, gone)

    def _write(self, rows: Mapping[str, Row], changed: list[str], gone: list[str]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._opened("BEGIN IMMEDIATE") as database:
            if _version(database) != _SCHEMA:
                database.execute("DROP TABLE IF EXISTS runs")
                database.execute(_TABLE)
                database.execute(f"PRAGMA user_version = {_SCHEMA}")
                changed = list(rows)
            database.executemany("DELETE FROM runs WHERE name = ?", [(_key(n),) for n in gone])
            database.executemany(
                "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?)",
                [_columns(name, rows[name]) for name in changed],
            )

    @contextmanager
    def _opened(self, begin: str = "BEGIN") -> Iterator[sqlite3.Connection]:
        """The database inside of one transaction."""
        database = sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None)
        with closing(database):
            database.execute(begin)
            yield database
            database.execute("COMMIT")

    def _row(self, name: bytes, signature: bytes, info: str, tally: str) -> tuple[str, Row]:
        key = os.fsdecode(name)
        described = info_from_values(json.loads(info), self._runs_dir / key)
        return key, Row(signature, described, Tally.from_json(json.loads(tally)) if tally else None)

    def _give_up(self, error: Exception) -> bool:
        """Whether the file was damaged, and is gone now."""
        logger.debug("The index %s cannot be used: %s", self._path, error)
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return code in _DAMAGED and self._remove()

    def _remove(self) -> bool:
        try:
            self._path.unlink(missing_ok=True)
        except OSError:
            return False
        return True


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def _key(name: str) -> bytes:
    return os.fsencode(name)  # a folder's name need not be text


def _columns(name: str, row: Row) -> tuple[bytes, bytes, str, str]:
    info = json.dumps(list(row.info.as_json().values()))
    tally = json.dumps(row.tally.as_json()) if row.tally is not None else ""
    return _key(name), row.signature, info, tally
