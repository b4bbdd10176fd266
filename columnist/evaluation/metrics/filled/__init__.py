"""Texts that are there, and plain."""
