"""Benchmarks: each module answers one question with figures; ``README.md`` says which, and how to read them."""
