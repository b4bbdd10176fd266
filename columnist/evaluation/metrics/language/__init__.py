"""The language that was asked for."""
