"""What is measured on texts: names, directions, and what each number cannot see."""

from enum import StrEnum

from columnist.values import Value


class Direction(StrEnum):
    """Which end of a measure is the good one."""

    HIGHER = "higher"
    LOWER = "lower"


class Measure(Value):
    """One number per table, between 0 and 1; a table may leave nothing to measure, and then has none.

    Most measures are taken where the reference describes: where it abstains,
    there is no right text, and where nobody wrote one, none is known.

    Attributes:
        name: The key under which a metric module returns its values.
        metric: The metric module, a folder of ``columnist/evaluation/metrics``.
        direction: Which end is good.
        label: What a report calls it.
        meaning: What the number is, in one sentence.
        blind_spots: What it cannot see; shown wherever the number is.
    """

    name: str
    metric: str
    direction: Direction
    label: str
    meaning: str
    blind_spots: str


MEASURES = (
    Measure(
        name="chrf",
        metric="overlap",
        direction=Direction.HIGHER,
        label="chrF",
        meaning="Overlap of character sequences with the reference, where that describes (sacrebleu's chrF2).",
        blind_spots="A true text in other words scores low; a fluent falsehood in the same words scores high. "
        "What a model invents where the reference abstains is not seen.",
    ),
    Measure(
        name="rouge_l",
        metric="overlap",
        direction=Direction.HIGHER,
        label="ROUGE-L",
        meaning="F1 of the longest common word sequence with the reference, where that describes.",
        blind_spots="Synonyms and inflected forms count as misses; a missing 'not' costs one word. "
        "What a model invents where the reference abstains is not seen.",
    ),
    Measure(
        name="name_echo",
        metric="name_echo",
        direction=Direction.LOWER,
        label="Name echo",
        meaning="Share of texts that say nothing beyond the name they describe, where the reference describes.",
        blind_spots="An invented detail is no echo, and neither is an empty text or a question.",
    ),
    Measure(
        name="repetition",
        metric="repetition",
        direction=Direction.LOWER,
        label="Repetition",
        meaning="Share of a table's column texts that equal a sibling's text, where the reference describes.",
        blind_spots="Texts that differ in one word count as different, however alike they read; "
        "a question repeats nothing.",
    ),
    Measure(
        name="loops",
        metric="repetition",
        direction=Direction.LOWER,
        label="Loops",
        meaning="Share of all texts, questions included, in which a phrase runs on, repeated over and over.",
        blind_spots="Only repeats that follow each other directly are seen, and only between spaces.",
    ),
    Measure(
        name="filled",
        metric="filled",
        direction=Direction.HIGHER,
        label="Filled",
        meaning="Share of texts that are neither empty nor a question, where the reference describes.",
        blind_spots="Any text counts, a wrong one too; abstaining can be honest where the reference guesses.",
    ),
    Measure(
        name="plain",
        metric="filled",
        direction=Direction.HIGHER,
        label="Plain text",
        meaning="Share of all texts that are one line of prose: no markdown, SQL or JSON. "
        "An empty text is plain, and a question is prose.",
        blind_spots="Tells form only; a plain text may say nothing.",
    ),
    Measure(
        name="abstains_rightly",
        metric="abstention",
        direction=Direction.HIGHER,
        label="Abstains rightly",
        meaning="Share of texts that abstain where the reference abstains, and only there.",
        blind_spots="Where few references abstain, a model that never does is right nearly always; "
        "an empty text is no abstention, and whether the question is a good one is not seen.",
    ),
    Measure(
        name="abstains_wrongly",
        metric="abstention",
        direction=Direction.LOWER,
        label="Abstains wrongly",
        meaning="Share of texts that abstain, where the reference describes.",
        blind_spots="A model that never abstains is never wrong, however much it invents; "
        "a question may be more honest than a reference that guesses.",
    ),
)


def measure_named(name: str) -> Measure:
    """Return the measure of that name.

    Raises:
        KeyError: There is no such measure.

    Example:
        >>> measure_named("name_echo").direction.value
        'lower'
    """
    return {measure.name: measure for measure in MEASURES}[name]


def describe_metric(metric: str) -> str:
    """Return the documentation of a metric module: range, direction and blind spots of what it measures.

    Example:
        >>> print(describe_metric("name_echo"))
        name_echo: 0 to 1 per table, lower is better. Share of texts that say nothing beyond the name \
they describe, where the reference describes. Blind spots: An invented detail is no echo, and neither is an empty \
text or a question.
    """
    return "\n".join(
        f"{measure.name}: 0 to 1 per table, {measure.direction.value} is better. {measure.meaning} "
        f"Blind spots: {measure.blind_spots}"
        for measure in MEASURES
        if measure.metric == metric
    )
