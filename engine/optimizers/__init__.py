"""Optimizer and schedule components; importing this package makes them known."""

from engine.optimizers import adaptive as adaptive
from engine.optimizers import schedules as schedules
