"""A decision as one page."""

from columnist.evaluation.pages import open_page
from columnist.gates.results import GateResult


def render_html(result: GateResult) -> str:
    """Return the decision with its criteria and reasons as HTML that loads nothing and runs nothing."""
    page: str = open_page("gate.html.j2").render(result=result)
    return page
