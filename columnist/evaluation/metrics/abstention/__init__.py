"""Abstaining where it is right."""
