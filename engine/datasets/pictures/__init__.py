"""Well-known sets of pictures that are downloaded, unpacked and decoded once at any size."""
# ruff: noqa: I001  the order of the imports is the order in which they are offered

from engine.datasets.pictures import eurosat as eurosat
from engine.datasets.pictures import gtsrb as gtsrb
from engine.datasets.pictures import flowers as flowers
from engine.datasets.pictures import pets as pets
from engine.datasets.pictures import caltech as caltech
from engine.datasets.pictures import food as food
