"""ZenML steps: each calls one function of the domain."""
