"""Columnist: descriptions for every table and column, from a small model you own."""

__version__ = "0.1.0"
