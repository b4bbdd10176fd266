"""Texts that repeat the prompt."""
