"""The real window, driven: how late its events come, how long its frames take."""
