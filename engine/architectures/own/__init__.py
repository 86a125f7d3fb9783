"""A network from a person's own file of Python, which runs only when it was allowed.

`source` finds class or function in the file's text, `signature` reads its options there, both
without running anything; `running` runs the file, for `component` that the recipe knows.
"""

from engine.architectures.own.component import Custom as Custom
