"""Texts that only repeat a name."""
