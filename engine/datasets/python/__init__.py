"""A person's own file of Python that returns data, run apart and only when it was allowed.

`apart` starts a process of its own in which `child` runs the file and `returned` writes down what
comes back; `meaning` says what it is, `assemble` divides it, for `component` that the recipe knows.
"""

from engine.datasets.python.component import PythonFile as PythonFile
