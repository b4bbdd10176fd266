"""Questions to ask a person where a schema does not tell what something is."""

import re
from random import Random

from columnist.abstention import abstain
from columnist.synthesis.blueprints import Obscurity
from columnist.synthesis.drafts import Draft
from columnist.synthesis.lexicon import Kind

_OPAQUE = (
    "What does {column} in {table} hold, and who fills it in?",
    "Which values do teams store in {column}, and who fills it in?",
    "What is {column} of {table} used for?",
    "Who writes {column}, and what does a value in it mean?",
    "Is {column} in {table} still in use, and if so, for what?",
    "Which fact does {column} record about a row of {table}?",
    "What do people enter in {column}, and where is that agreed?",
    "What was {column} added to {table} for?",
    "Which process fills {column}, and with what?",
    "Nothing in {table} tells what {column} means: what is kept in it?",
    "What should a reader of {table} take {column} to mean?",
    "Could whoever maintains {table} say what {column} stands for?",
    "Does {column} mean the same in every row of {table}, and what is it?",
    "Which form, screen or file does {column} come from, and what does it say there?",
    "What does a typical value of {column} look like, and what does it tell?",
)
_OPAQUE_NUMBERS = (
    "What does {column} in {table} count or measure, and in which unit?",
    "Which quantity is kept in {column}, and in what unit?",
    "Is {column} a code, a count or an amount?",
    "What do the numbers in {column} stand for, and may they be added up?",
)
_OPAQUE_DATES = (
    "Which event does {column} in {table} date?",
    "What happened on the day given in {column}?",
    "Which moment does {column} of {table} record, and in which time zone?",
)
_OPAQUE_FLAGS = (
    "What is true of a row of {table} when {column} is set?",
    "What does it mean if {column} is set, and who sets it?",
    "Which decision or state does {column} stand for?",
)
_OPEN = (
    "{column} in {table} can be read in more than one way: which is meant?",
    "What exactly does {column} of {table} stand for?",
    "{column} could mean several things: which one applies in {table}?",
    "Which of its possible meanings does {column} have in {table}?",
)
_ALTERNATIVES = (
    "Is {column} {options}, or something else?",
    "Does {column} in {table} hold {options}, or another value?",
    "Which is kept in {column}: {options}?",
    "In {table}, is {column} {options}?",
    "{column} of {table} could be {options}: which is it?",
    "Should {column} be read as {options}?",
    "Is {column} meant to be {options}, and is it the same in every row of {table}?",
    "What does {column} hold: {options}, or none of these?",
)
_ALTERNATIVE_FLAGS = (
    "Does {column} in {table} stand for {options}?",
    "What does {column} mark in {table}: {options}?",
    "Does {column} mark {options}, or something else?",
    "When {column} is set in {table}, does that mean {options}?",
)
_TABLES = (
    "What is one row of {table}, and which process writes it?",
    "What is {table} for, and who still uses it?",
    "Which process fills {table}, and what does each row stand for?",
    "Who owns {table}, and what do its rows describe?",
    "What does {table} hold, and which application reads it?",
    "Neither the name nor the columns of {table} tell its purpose: what is kept in it?",
    "Was {table} made for a one-off job, or do people rely on it, and for what?",
    "Which business object or event does a row of {table} represent?",
    "What would be lost if {table} were dropped, and who would notice?",
    "Where does {table} come from, and what is one row of it?",
)
_SEPARATORS = re.compile(r"\s*(?:\||;|, or |,| or )\s*")
_NUMERIC = re.compile(r"int|number|numeric|decimal|float|double|real|money", re.IGNORECASE)
_DATED = re.compile(r"date|time", re.IGNORECASE)
_FLAGGED = re.compile(r"bool|bit|char\(1\)", re.IGNORECASE)


def ask_about_column(draft: Draft, table: str, rng: Random) -> str:
    """Abstain from describing a column, with a question that its steward could answer."""
    frames: tuple[str, ...]
    options = ""
    if draft.feature.obscure is Obscurity.AMBIGUOUS:
        options = _enumerate(draft.feature.means)
        alternatives = _ALTERNATIVE_FLAGS if draft.feature.kind is Kind.WHETHER else _ALTERNATIVES
        frames = alternatives if options else _OPEN
    else:
        frames = (*_OPAQUE, *_fitting(draft))
    question = rng.choice([frame for frame in frames if table or "{table}" not in frame])
    return abstain(_capital(question.format(column=draft.column.name, table=table, options=options), question))


def ask_about_table(table: str, rng: Random) -> str:
    """Abstain from describing a table, with a question that its owner could answer.

    Example:
        >>> ask_about_table("tmp_2", Random(2)).startswith("? ")
        True
    """
    question = rng.choice(_TABLES)
    return abstain(question.format(table=table))


def _fitting(draft: Draft) -> tuple[str, ...]:
    """The questions that only make sense for a type, several times over: the type is the best clue there is."""
    type_, kind = draft.column.type, draft.feature.kind
    if kind is Kind.WHETHER or _FLAGGED.match(type_):
        return _OPAQUE_FLAGS * 4
    if _DATED.match(type_):
        return _OPAQUE_DATES * 4
    return _OPAQUE_NUMBERS * 3 if _NUMERIC.match(type_) else ()


def _enumerate(means: str) -> str:
    """The alternatives as a question lists them.

    Example:
        >>> _enumerate("the date of approval, of posting")
        'the date of approval or of posting'
    """
    options = [option for option in _SEPARATORS.split(means) if option]
    if len(options) < 2:
        return means
    return f"{', '.join(options[:-1])} or {options[-1]}"


def _capital(question: str, frame: str) -> str:
    return question if frame.startswith("{") else question[:1].upper() + question[1:]
