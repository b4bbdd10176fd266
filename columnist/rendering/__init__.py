"""Render documentation as Markdown, comment statements, a dbt schema file or JSON."""
