"""The network looked at before it is trained: layers, costs, reach, and graphs of its work.

Nothing here draws from a global random state or touches what another thread's training uses.
"""
