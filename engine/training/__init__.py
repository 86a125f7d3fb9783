"""Everything that happens while a network learns. Import its modules by name: most need torch."""
