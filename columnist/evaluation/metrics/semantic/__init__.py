"""Likeness of meaning."""
