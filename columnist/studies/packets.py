"""A rater's items as one HTML file for use without a network, and the answers that it writes.

The file holds what the rater's page would show and nothing more: neither which items are repeats or
attention items, nor which look they are of, nor who wrote what.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import Field, ValidationError

from columnist.digests import canonical_json
from columnist.errors import ConfigError
from columnist.studies.items import Answer, StudyText, Tag
from columnist.studies.storage import Shown
from columnist.values import Value

_TEMPLATE = "packet.html.j2"


class Answers(Value):
    """What a packet writes: the answers of one rater, in the order in which they were given."""

    study_id: str = Field(min_length=1)
    rater: str = Field(min_length=1)
    answers: tuple[Answer, ...]


def render_packet(study_id: str, shown: Sequence[Shown]) -> str:
    """Return the HTML file of what a rater has still to answer.

    Args:
        study_id: Of the study.
        shown: The rater's items, in order.

    Raises:
        ConfigError: Nothing is left to answer.
    """
    if not shown:
        raise ConfigError(f"the rater has answered all items of study {study_id}; no packet is needed")
    content = {"study_id": study_id, "rater": shown[0].rater, "items": [_as_content(each) for each in shown]}
    environment = Environment(
        loader=PackageLoader("columnist.studies"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    # A script's text ends at the first "</": inside JSON it can be written with an escape.
    data = canonical_json(content).replace("<", "\\u003c")
    return environment.get_template(_TEMPLATE).render(data=data, tags=[tag.value for tag in Tag], count=len(shown))


def read_answers(path: Path) -> Answers:
    """Read the file that a packet wrote.

    Raises:
        ConfigError: It is none.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}); give the file that a packet wrote") from error
    if content.lstrip().startswith(b"<"):
        raise ConfigError(
            f"{path}: this is the packet itself, not the answers to it; open it in a browser, answer, save the answers "
            "with its button, and import the .json file that it saves"
        )
    try:
        return Answers.model_validate_json(content)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"]))
        raise ConfigError(
            f"{path}: expected the answers that a packet wrote, but {place or 'the file'}: {problem['msg']}; "
            "save them from the packet again"
        ) from error


def _as_content(shown: Shown) -> dict[str, Any]:
    texts = {text.text_id: text for text in shown.item.texts}
    options = (_as_option(texts[text_id]) for text_id in (shown.a_text_id, shown.b_text_id))
    return {"item_id": shown.item.item_id, "ddl": shown.item.ddl, "options": list(options)}


def _as_option(text: StudyText) -> dict[str, Any]:
    return {"text_id": text.text_id, "table": text.table_text, "columns": [list(pair) for pair in text.columns]}
