"""From a published comment back to the model and the examples near it, and from an example to what came of it."""
