"""Loss components; importing this package makes them known."""

from engine.losses import classes as classes
