"""How ZenML stores training sets and adapters."""
