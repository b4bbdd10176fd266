"""Phrases that tell nothing."""
