"""Data looked at before it is trained on: what is wrong with it, and what a path seems to hold.

`check` puts the findings together, `common`, `images`, `tables`, `texts` and `series` are the
families of checks, `duplicates` and `near` find samples that come again; `look` makes the view with
augmented copies, `propose` a recipe for a path. Knows datasets and training, no window.
"""

from engine.inspection.finding import Finding as Finding
from engine.inspection.finding import Inspection as Inspection
