"""Lengths that a dialect takes."""
