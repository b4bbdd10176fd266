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
        name="semantic_similarity",
        metric="semantic",
        direction=Direction.HIGHER,
        label="Meaning of columns",
        meaning="Nearness in meaning to the reference, over the columns it describes (cosine of sentence embeddings "
        "by all-MiniLM-L6-v2, below zero counted as zero; nothing said is 0).",
        blind_spots="Texts about the same subject are near even where they contradict each other: a wrong unit, "
        "a wrong code or a 'not' hardly moves it. It reads English, and gives credit to a repeated name. "
        "What a model invents where the reference abstains is not seen.",
    ),
    Measure(
        name="semantic_similarity_table",
        metric="semantic",
        direction=Direction.HIGHER,
        label="Meaning of tables",
        meaning="The same for the text about the table itself.",
        blind_spots="One text a table, so it varies more; people write whole paragraphs about a table, "
        "which no single sentence comes near.",
    ),
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
        meaning="Share of texts that say nothing beyond the name they describe and the name of its table, "
        "where the reference describes.",
        blind_spots="An invented detail is no echo, and neither is an empty text or a question; a synonym of "
        "the name is none either. Where a name tells everything, an echo may be all there is to say.",
    ),
    Measure(
        name="unsupported",
        metric="unsupported",
        direction=Direction.LOWER,
        label="Unsupported claims",
        meaning="Share of all texts with a claim that nothing in names, types, keys and allowed values supports: "
        "a number, unit, standard, listed value, time zone, key, relation or kind of personal data.",
        blind_spots="Rules see these kinds alone: a wrong meaning in plain words passes. People know more than "
        "the schema, so their texts make such claims too. Who says little claims little; an empty text claims nothing.",
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
        meaning="Share of all texts that are one line of prose: no markdown, link, SQL or JSON. "
        "An empty text is plain, and a question is prose.",
        blind_spots="Tells form only; a plain text may say nothing.",
    ),
    Measure(
        name="structure",
        metric="structure",
        direction=Direction.HIGHER,
        label="Valid structure",
        meaning="Share of a table's texts that the reply held exactly once, for the right name and as one line of "
        "plain text; texts for invented columns count against it.",
        blind_spots="A model that fills slots can miss it by markup alone, and an empty text in its place counts "
        "as there: filled tells that one.",
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
    Measure(
        name="fits_limit",
        metric="limits",
        direction=Direction.HIGHER,
        label="Within the limit",
        meaning="Share of all texts that are no longer than a comment may be in the table's dialect, such as 255 bytes "
        "for a column of Athena. A dialect without a limit takes every text.",
        blind_spots="A text that fits may still be too long to read, and one that was cut off fits. "
        "A catalog's own limit is not known here.",
    ),
    Measure(
        name="language",
        metric="language",
        direction=Direction.HIGHER,
        label="In English",
        meaning="Share of all texts that can be English: Latin letters, no more words of another language's grammar "
        "than of English, and in texts of eight words and more at least a tenth words of English grammar.",
        blind_spots="Short texts without any word of grammar pass in every language that Latin letters write; "
        "so do English sentences with foreign nouns. Good English is not told from bad, and an empty text passes.",
    ),
    Measure(
        name="leak",
        metric="leak",
        direction=Direction.LOWER,
        label="Leaks of the prompt",
        meaning="Share of all texts, questions included, with six words in a row of the prompt's instructions, "
        "a whole answer of its examples, or a mark of a chat.",
        blind_spots="A leak in other words, in another language or of fewer than six words passes. "
        "An honest text that equals an example's answer is blamed.",
    ),
    Measure(
        name="filler",
        metric="filler",
        direction=Direction.LOWER,
        label="Filler",
        meaning="Share of all texts with a phrase that tells nothing whatever it describes, "
        "such as 'additional information' or 'various purposes'.",
        blind_spots="Only the phrases of a list are seen, which stands in columnist/evaluation/data/filler.yaml; "
        "an empty text has none, and neither has a question.",
    ),
    Measure(
        name="information",
        metric="information",
        direction=Direction.HIGHER,
        label="Information beyond the name",
        meaning="Words of a text that are neither in the name it describes nor in that of its table, without filler: "
        "up to four count, as a share of four; the mean over the texts whose reference describes.",
        blind_spots="What is made up counts as much as what is true, and so do synonyms of the name and long words for "
        "short ones. Where a name tells everything, there is little to add.",
    ),
    Measure(
        name="specificity",
        metric="information",
        direction=Direction.HIGHER,
        label="Specific texts",
        meaning="Share of a table's column texts with a word beyond the names that no other column's text has, "
        "where the reference describes; a table of fewer than two such columns has none.",
        blind_spots="Columns of one family, such as figures by month, rightly share their words. "
        "An invented detail is specific too.",
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
        >>> print(describe_metric("name_echo")[:93])
        name_echo: 0 to 1 per table, lower is better. Share of texts that say nothing beyond the name
    """
    return "\n".join(
        f"{measure.name}: 0 to 1 per table, {measure.direction.value} is better. {measure.meaning} "
        f"Blind spots: {measure.blind_spots}"
        for measure in MEASURES
        if measure.metric == metric
    )
