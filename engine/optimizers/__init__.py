"""Optimizer and schedule components; importing this package makes them known."""
# ruff: noqa: I001  the order of the imports is the order in which they are offered

from engine.optimizers import sgd as sgd
from engine.optimizers import adaptive as adaptive
from engine.optimizers import lbfgs as lbfgs
from engine.optimizers import schedules as schedules
