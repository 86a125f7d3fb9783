"""Export formats, one a file. Each file written is loaded again and compared."""
