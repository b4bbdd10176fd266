"""Texts that repeat each other or themselves."""
