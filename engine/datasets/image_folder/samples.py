"""Pictures that come with the program, in folders as a user's own would be."""

from __future__ import annotations

from pathlib import Path

from engine import paths
from engine.datasets.image_folder.problems import no_sample
from engine.datasets.userpath import SAMPLE
from engine.problems import ProblemError

LICENCES = {"textures": "CC0 (CC0Textures and LinolaFett, by way of scikit-image)"}
"""What comes with the program, and under which licence."""


def found(text: str) -> tuple[Path, str]:
    """The folder that a given path means, and the licence of what it holds ("" for the user's own).

    Raises ProblemError for a sample that there is none of.
    """
    if not text.startswith(SAMPLE):
        return Path(text), ""
    name = text.removeprefix(SAMPLE)
    if name not in LICENCES:
        raise ProblemError(no_sample(name, tuple(LICENCES)))
    return paths.bundled("resources") / "samples" / name, LICENCES[name]
