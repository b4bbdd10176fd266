"""Pages from templates: HTML that loads nothing and runs nothing, and Markdown in which texts are inert."""

from typing import Any

from columnist.abstention import is_abstention, question_of


def open_page(template: str) -> Any:
    """Return a template of ``columnist/evaluation/templates``; in those of HTML all values are escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    from columnist.rendering.markdown_text import code, escape, fence

    environment = Environment(
        loader=PackageLoader("columnist.evaluation", "templates"),
        autoescape=".html" in template,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"code": code, "escape": escape, "fence": fence, "question": question_of}
    environment.tests["abstention"] = is_abstention
    return environment.get_template(template)
