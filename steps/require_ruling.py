"""End the release where it was refused."""

from zenml import step

from columnist.releases.ruling import Ruling


@step
def require_ruling(ruling: Ruling) -> None:
    """Fail the run with the reason of a refusal; the ruling is already stored."""
    ruling.require()
