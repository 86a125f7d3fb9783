"""The option by which a command may run a person's own code."""

from __future__ import annotations

from typing import Annotated

import typer

from engine import consent


def _allow(context: typer.Context, hashes: list[str] | None) -> list[str] | None:
    """Allow the files for as long as the command lasts."""
    context.with_resource(consent.allowed_here(hashes or []))
    return hashes


AllowCode = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-code",
        metavar="SHA256",
        help="Let your own Python file with this hash run, for this command.",
        callback=_allow,
    ),
]
"""A parameter that a command only has to have: what it allows holds until the command ends."""
