"""What a prompt is: a schema that is read once, and the slots that are filled after it."""

from enum import StrEnum

from columnist.values import Value

TABLE_SLOT = -1
COLUMNS_PER_PROMPT = 40  # wider tables are read in windows, which bounds memory at any width


class PromptKind(StrEnum):
    """The prompts: ``compact`` for tuned models, ``instruct`` for general-purpose ones."""

    COMPACT = "compact"
    INSTRUCT = "instruct"


class Slot(Value):
    """One text to fill.

    Attributes:
        index: The column's position in its table, or ``TABLE_SLOT`` for the table's text.
        lead: What stands before the text, ending with a colon.
        name: How the schema calls what is described; no two slots of a table share one.
    """

    index: int
    lead: str
    name: str = ""


class Prompt(Value):
    """A shared prefix and the slots to fill after it.

    Attributes:
        instructions: For models with a chat template; empty for tuned models.
        schema_text: The rendered schema.
    """

    instructions: str
    schema_text: str
    slots: tuple[Slot, ...]
