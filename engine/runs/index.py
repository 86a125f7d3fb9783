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
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path

from engine import paths
from engine.runs.info import RunInfo, info_from_json
from engine.runs.tally import Tally

logger = logging.getLogger(__name__)

_VERSION = 1
"""Raise it when the same run folder is described in another way than before."""

_SCHEMA = zlib.crc32(repr((_VERSION, [f.name for f in (*fields(RunInfo), *fields(Tally))])).encode())
_SCHEMA &= 0x7FFFFFFF  # SQLite keeps it in a signed number

_TABLE = """CREATE TABLE IF NOT EXISTS runs (
    name BLOB PRIMARY KEY, signature BLOB NOT NULL, info TEXT NOT NULL, tally TEXT NOT NULL
) WITHOUT ROWID"""

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}


@dataclass(frozen=True)
class Row:
    """A run as it was when its folder had this signature. `epoch` tells ..."""

    signature: bytes
    info: RunInfo
    tally: Tally | None = None
