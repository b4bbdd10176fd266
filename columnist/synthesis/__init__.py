"""Synthesize training sets: generate, validate, deduplicate, split."""
