"""Optimizer and schedule components; importing this package makes them known."""
# ruff: noqa: I001  the order of the imports is the order in which they are offered

from engine.optimizers import sgd as sgd
from engine.optimizers import adam as adam
from engine.optimizers import adaptive as adaptive
from engine.optimizers import rprop as rprop
from engine.optimizers import muon as muon
from engine.optimizers import lion as lion
from engine.optimizers import wrapping as wrapping
from engine.optimizers import lbfgs as lbfgs
from engine.optimizers import schedules as schedules
