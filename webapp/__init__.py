"""Pages for people, rendered by the server: here raters compare texts without knowing whose they are."""
