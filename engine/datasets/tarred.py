"""Datasets that come as one .tar.gz, of which a few files are wanted."""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.datasets.download import Archive, damaged, write_all
from engine.datasets.downloaded import Downloaded
from engine.problems import ProblemError


class Tarred(Downloaded):
    """An archive with a folder in it, which torchvision's class names."""

    def _names(self, source: Any) -> Sequence[str]:
        """The files in the folder that are read."""
        raise NotImplementedError

    def _beside(self, source: Any) -> Sequence[str]:
        """Files that are not read, but expected by others who share the folder."""
        return ()

    def _missing(self, source: Any, root: Path) -> list[Archive]:
        folder = root / source.base_folder
        if all((folder / name).is_file() for name in self._names(source)):
            return []
        return [Archive(root / source.filename, (source.url,), source.tgz_md5)]

    def _unpack(self, source: Any, archive: Path) -> None:
        names = (*self._names(source), *self._beside(source))
        wanted = {f"{source.base_folder}/{name}" for name in names}
        try:
            with tarfile.open(archive, "r:gz") as content:
                for member in content:
                    # Only known names, only plain files: an archive cannot write elsewhere.
                    stream = content.extractfile(member) if member.name in wanted else None
                    if stream is not None:
                        write_all(stream, archive.parent / member.name)
        except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
            raise ProblemError(damaged(self.title, archive, str(error))) from None
