"""Overlap with references."""
