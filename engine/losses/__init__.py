"""Loss components, a family a file; importing this package makes them known."""
# ruff: noqa: I001  the order of the imports is the order in which they are offered

from engine.losses import classes as classes
from engine.losses import regression as regression
from engine.losses import binary as binary
