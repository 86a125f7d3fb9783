"""Augmentation components: random changes of training samples; importing it makes them known."""
# ruff: noqa: I001  the order of the imports is the order in which they are offered

from engine.augmentation import moves as moves
from engine.augmentation import colours as colours
from engine.augmentation import details as details
from engine.augmentation import policies as policies
from engine.augmentation import sequences as sequences
