"""Sentences about columns: what a careful engineer would write, and no more than the schema shows.

Units appear only where the name shows them, time zones only where name or type
does, codes only where the statement lists them. A team writes in one voice, so
the frames are drawn once per table and then varied a little.
"""

from random import Random

from columnist.synthesis.english import bare, definite, enumerate_words, pluralize, sentence, with_article
from columnist.synthesis.lexicon import Kind
from columnist.synthesis.physical import Draft
from columnist.values import Value

_QUESTION_WORDS = frozenset({"whether", "who", "what", "how", "where", "why", "which", "when"})
_KEY_FRAMES = (
    "unique identifier of the {noun}",
    "identifies the {noun}",
    "primary key, one value for each {noun}",
    "key that identifies {a_noun}",
    "identifier assigned to the {noun}",
    "unique key of the {noun} record",
    "unique identifier for each {noun}",
    "distinguishes one {noun} from another",
    "tells {nouns} apart; unique in the table",
    "unique number of the {noun}",
)
_PLAIN_KEY_FRAMES = (
    "identifier of the {noun} in the source system",
    "identifies the {noun} in the delivered data",
    "key under which the source system knows the {noun}",
    "identifies the {noun} that the row belongs to",
    "source key of the {noun}",
)
_REFERENCE_FRAMES = (
    "{target} {means}",
    "the {target} {means}",
    "identifier of the {target} {means}",
    "references the {target} {means}",
    "links to the {target} {means}",
    "refers to the {target} {means}",
    "points to the {target} {means}",
    "key of the {target} {means}",
)
_DECLARED_FRAMES = ("foreign key to {table}: the {target} {means}", "the {target} {means}; see {table}")
_DATE_FRAMES = ("date {clause}", "date on which {clause}", "date when {clause}", "day on which {clause}")
_TIME_FRAMES = (
    "date and time when {clause}",
    "date and time at which {clause}",
    "when {clause}",
    "moment when {clause}",
    "time at which {clause}",
    "timestamp of the moment when {clause}",
)
_FLAG_FRAMES = (
    "whether {clause}",
    "true if {clause}",
    "indicates whether {clause}",
    "true when {clause}",
    "flag that shows whether {clause}",
    "shows whether {clause}",
)
_CODE_FRAMES = (
    "{phrase}: {alternatives}",
    "{phrase}; one of {alternatives}",
    "{phrase} ({alternatives})",
    "{phrase}; allowed values are {list}",
    "{phrase}, given as {alternatives}",
)
_UNIT_FRAMES = ("{phrase}, in {unit}", "{phrase}, in {unit}", "{phrase} ({unit})", "{phrase}, measured in {unit}")
_PERCENT_FRAMES = (
    "{phrase}, in percent",
    "{phrase}, as a percentage",
    "{phrase}, expressed as a percentage",
    "{phrase} (percent)",
)
_UTC_FRAMES = ("{text}, in UTC", "{text} (UTC)", "{text}, given in UTC")
_ZONED_FRAMES = ("{text}, with time zone", "{text}, time zone included")


class Voice(Value):
    """How one author writes: the frames preferred throughout a table.

    Attributes:
        articles: Phrases open with "The".
        verbs: Some phrases become sentences: "Holds the ...".
    """

    articles: bool
    verbs: bool
    key: str
    plain_key: str
    reference: str
    declared: str
    date: str
    time: str
    flag: str
    code: str
    unit: str
    percent: str
    utc: str
    zoned: str


def draw_voice(rng: Random) -> Voice:
    """Draw an author; plain wording is the most common."""
    return Voice(
        articles=rng.random() < 0.3,
        verbs=rng.random() < 0.08,
        key=rng.choice(_KEY_FRAMES),
        plain_key=rng.choice(_PLAIN_KEY_FRAMES),
        reference=rng.choice(_REFERENCE_FRAMES),
        declared=rng.choice(_DECLARED_FRAMES),
        date=rng.choices(_DATE_FRAMES, weights=(4, 4, 2, 1))[0],
        time=rng.choices(_TIME_FRAMES, weights=(5, 2, 4, 2, 2, 1))[0],
        flag=rng.choices(_FLAG_FRAMES, weights=(5, 2, 2, 2, 1, 1))[0],
        code=rng.choice(_CODE_FRAMES),
        unit=rng.choice(_UNIT_FRAMES),
        percent=rng.choice(_PERCENT_FRAMES),
        utc=rng.choice(_UTC_FRAMES),
        zoned=rng.choice(_ZONED_FRAMES),
    )


def write_column(draft: Draft, noun: str, units: dict[str, str], voice: Voice, rng: Random) -> str:
    """Write the text of a column.

    Args:
        draft: The column with its meaning and with what the schema shows of it.
        noun: What one row describes.
        units: What the suffixes of units stand for.
        voice: The author's habits.
        rng: Now and then another frame than the author's usual one is drawn.
    """
    feature = draft.feature
    if feature.target:
        return sentence(_reference_text(draft, voice, rng))
    if feature.key and feature.kind is Kind.NUMBER and not feature.means:
        return sentence(_key_text(draft, noun, voice))
    if feature.kind.is_moment:
        return sentence(_moment_text(draft, voice, rng))
    if feature.kind is Kind.WHETHER:
        return sentence(_flag_text(draft, voice, rng))
    return sentence(_phrase_text(draft, units, voice, rng))


def _key_text(draft: Draft, noun: str, voice: Voice) -> str:
    own = draft.feature.noun or noun
    if draft.column.primary_key:
        frame = voice.key
    elif draft.feature.delivered:
        frame = voice.plain_key
    else:
        frame = voice.key.replace("primary key", "unique key")
    # A version of a claim is identified within the claims table's history, not by "the version" alone.
    own = f"{noun} version" if own == "version" else own
    return frame.format(noun=own, nouns=pluralize(own), a_noun=with_article(own))


def _reference_text(draft: Draft, voice: Voice, rng: Random) -> str:
    frame = _mostly(voice.reference, _REFERENCE_FRAMES, rng)
    table = ""
    if draft.column.references and rng.random() < 0.15:
        frame = voice.declared
        table = draft.column.references.table.split(".")[-1].strip('"`[]')
    text = frame.format(target=draft.feature.target_noun, means=draft.feature.means, table=table)
    return definite(text) if voice.articles and frame.startswith(("{target}", "identifier", "key")) else text


def _moment_text(draft: Draft, voice: Voice, rng: Random) -> str:
    timed = draft.feature.kind is Kind.TIME
    frame = _mostly(voice.time, _TIME_FRAMES, rng) if timed else _mostly(voice.date, _DATE_FRAMES, rng)
    text = frame.format(clause=draft.feature.means)
    if voice.articles and not text.startswith("when"):
        text = definite(text)
    if draft.zone == "utc":
        return voice.utc.format(text=text)
    return voice.zoned.format(text=text) if draft.zone == "zoned" and rng.random() < 0.4 else text


def _flag_text(draft: Draft, voice: Voice, rng: Random) -> str:
    clause = draft.feature.means
    if draft.column.values and rng.random() < 0.7:
        yes, no = draft.column.values
        return rng.choice((f"{yes} if {clause}, otherwise {no}", f"{yes} if {clause}, {no} if not"))
    if draft.column.type in {"BIT", "TINYINT(1)", "NUMBER(1)"} and rng.random() < 0.35:
        return rng.choice((f"1 if {clause}, otherwise 0", f"set to 1 if {clause}"))
    frame = _mostly(voice.flag, _FLAG_FRAMES, rng)
    boolean = draft.column.type.upper() in {"BOOLEAN", "BOOL", "NULLABLE(BOOL)"}
    if frame.startswith("true") and not boolean:
        frame = _FLAG_FRAMES[0]
    return frame.format(clause=clause)


def _phrase_text(draft: Draft, units: dict[str, str], voice: Voice, rng: Random) -> str:
    phrase = _opened(draft.feature.means, voice, rng)
    if draft.column.values:
        frame = _mostly(voice.code, _CODE_FRAMES, rng)
        values = draft.column.values
        return frame.format(
            phrase=phrase, alternatives=enumerate_words(values, "or"), list=enumerate_words(values, "and")
        )
    if draft.unit:
        frame = voice.unit if draft.feature.unit else _UNIT_FRAMES[0]
        return frame.format(phrase=phrase, unit=units[draft.unit])
    if draft.percent:
        return voice.percent.format(phrase=phrase)
    return phrase


def _opened(phrase: str, voice: Voice, rng: Random) -> str:
    """Open a phrase as the author does: bare, with "The", or with a verb."""
    question = phrase.split()[0] in _QUESTION_WORDS
    if voice.verbs and rng.random() < 0.5:
        verb = rng.choice(("shows", "tells")) if question else rng.choice(("holds", "gives", "records"))
        return f"{verb} {phrase if question else definite(phrase)}"
    if question:
        return phrase
    return definite(phrase) if voice.articles else bare(phrase)


def _mostly(preferred: str, frames: tuple[str, ...], rng: Random) -> str:
    return preferred if rng.random() < 0.75 else rng.choice(frames)
