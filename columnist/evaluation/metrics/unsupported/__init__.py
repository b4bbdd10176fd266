"""Claims without support."""
