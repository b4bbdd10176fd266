"""Faults planted into good texts, each to be caught by the measure made for it.

The good texts are the references of synthetic tables. A fault is planted into every
table it fits; what a measure says of these tables before and after is compared like
two models are, with an interval over tables.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from columnist.ddl.tables import Table
from columnist.digests import digest_value
from columnist.documentation import Texts
from columnist.evaluation.described import is_described
from columnist.evaluation.fabrications import fabricate, load_fabrications
from columnist.evaluation.faulty_replies import reply_with_invented, reply_without
from columnist.evaluation.intervals import Interval, bootstrap_difference
from columnist.evaluation.measures import MEASURES, Direction, Measure, measure_named
from columnist.evaluation.measuring import Measured, ReplyFaults, measure_texts
from columnist.identifiers import split_name
from columnist.values import Value

if TYPE_CHECKING:
    from columnist.synthesis.examples import Example

# Against the reference, which is the clean text here, any change shows.
_SEES_ALL = frozenset({"overlap", "semantic"})
GLUE = "athena"  # the dialect whose comments AWS Glue keeps
_LEVEL = 0.95


class Written(NamedTuple):
    """What a model is taken to have written about one table."""

    texts: Texts
    faults: ReplyFaults = ReplyFaults()


# Plants a fault into the reference of an example; nothing where it does not fit.
Plant = Callable[["Example", Random], Written | None]


class Fault(NamedTuple):
    """A fault to plant.

    Attributes:
        name: What it is, in words.
        measures: The measures that were made for it; each has to catch it.
        plant: Plants it.
        dialect: The dialect that its tables are taken to be of; their own if empty.
    """

    name: str
    measures: tuple[str, ...]
    plant: Plant
    dialect: str = ""


class Caught(Value):
    """What one measure says of one fault.

    Attributes:
        tables: Tables the fault was planted into that have the measure.
        clean: Mean over these tables without the fault.
        planted: Mean with it.
        difference: Planted minus clean, paired by table, with its interval.
        caught: Whether the whole interval is on the bad side of zero.
        also: Other measures of which the same holds, but for those that compare with the clean text.
    """

    fault: str
    measure: str
    tables: int
    clean: float
    planted: float
    difference: Interval
    caught: bool
    also: tuple[str, ...] = ()


def plant_faults(examples: Sequence["Example"], seed: int) -> tuple[Caught, ...]:
    """Plant each fault into the references, and tell whether the measures made for it catch it.

    Args:
        examples: Tables with references, thirty or more: an interval over fewer is too narrow.
        seed: Decides into which columns.

    Raises:
        TrainingSetError: A fault fits fewer than two tables.
    """
    return tuple(caught for fault in FAULTS for caught in _try_fault(fault, examples, seed))


def _try_fault(fault: Fault, examples: Sequence["Example"], seed: int) -> list[Caught]:
    rng = Random(digest_value([seed, "faults", fault.name]))
    moved = [_in_dialect(example, fault.dialect) for example in examples] if fault.dialect else examples
    found = [(example, written) for example in moved if (written := fault.plant(example, rng))]
    tables = [example for example, _ in found]
    before = measure_texts(tables, [example.reference for example in tables])
    after = measure_texts(
        tables, [written.texts for _, written in found], faults=[written.faults for _, written in found]
    )
    compared = {
        measure.name: caught
        for measure in MEASURES
        if measure.name in after
        and measure.metric not in _SEES_ALL
        and (caught := _compare(fault.name, measure, before, after, seed))
    }
    also = tuple(name for name, each in compared.items() if each.caught and name not in fault.measures)
    return [compared[name].model_copy(update={"also": also}) for name in fault.measures]


def _compare(fault: str, measure: Measure, before: Measured, after: Measured, seed: int) -> Caught | None:
    pairs = zip(before[measure.name], after[measure.name], strict=True)
    known = [(clean, planted) for clean, planted in pairs if clean is not None and planted is not None]
    if len(known) < 2:
        return None
    clean, planted = [pair[0] for pair in known], [pair[1] for pair in known]
    difference = bootstrap_difference(planted, clean, seed, _LEVEL)
    worse = difference.high < 0 if measure.direction is Direction.HIGHER else difference.low > 0
    return Caught(
        fault=fault,
        measure=measure.name,
        tables=len(known),
        clean=sum(clean) / len(clean),
        planted=sum(planted) / len(planted),
        difference=difference,
        caught=worse,
    )


def _in_dialect(example: "Example", dialect: str) -> "Example":
    return example.model_copy(update={"table": example.table.model_copy(update={"dialect": dialect})})


def _described(example: "Example") -> list[int]:
    """Return the positions of the columns whose reference describes."""
    return [place for place, text in enumerate(example.reference.columns) if is_described(text)]


def _into_one(change: Callable[[Table, int, str, Random], str]) -> Plant:
    """Make the planting into the text of one described column, drawn at random."""

    def plant(example: "Example", rng: Random) -> Written | None:
        places = _described(example)
        if not places:
            return None
        place = rng.choice(places)
        text = change(example.table, place, example.reference.columns[place], rng)
        return Written(_replace(example.reference, {place: text}))

    return plant


def _replace(texts: Texts, changed: dict[int, str]) -> Texts:
    columns = tuple(changed.get(place, text) for place, text in enumerate(texts.columns))
    return texts.model_copy(update={"columns": columns})


def _drop(example: "Example", rng: Random) -> Written | None:
    places = _described(example)
    return Written(*reply_without(example.table, example.reference, rng.choice(places))) if places else None


def _invent(example: "Example", _rng: Random) -> Written:
    return Written(*reply_with_invented(example.table, example.reference, "loyalty_tier", "Tier of the loyalty club."))


def _echo(example: "Example", _rng: Random) -> Written | None:
    places = _described(example)
    echoes = {
        place: f"The {' '.join(split_name(example.table.columns[place].name))} of the {example.table.name}."
        for place in places
    }
    return Written(_replace(example.reference, echoes)) if places else None


def _duplicate(example: "Example", rng: Random) -> Written | None:
    places = _described(example)
    if len(places) < 2:
        return None
    source, target = rng.sample(places, 2)
    return Written(_replace(example.reference, {target: example.reference.columns[source]}))


def _boilerplate(example: "Example", _rng: Random) -> Written | None:
    """Say the same of every column, beside its name: neither an echo nor a duplicate."""
    places = _described(example)
    said = {
        place: f"Documented {' '.join(split_name(example.table.columns[place].name))} attribute kept by the business."
        for place in places
    }
    return Written(_replace(example.reference, said)) if len(places) > 1 else None


def _fabricate(kind: str) -> Plant:
    def plant(example: "Example", rng: Random) -> Written | None:
        places = _described(example)
        rng.shuffle(places)
        for place in places:
            column, text = example.table.columns[place], example.reference.columns[place]
            if made_up := fabricate(kind, example.table, column, text, rng):
                return Written(_replace(example.reference, {place: made_up}))
        return None

    return plant


def _answer_opaque(example: "Example", _rng: Random) -> Written | None:
    """Describe what nobody can know."""
    asked = [place for place, text in enumerate(example.reference.columns) if text.strip() and not is_described(text)]
    return Written(_replace(example.reference, dict.fromkeys(asked, "Region of the account."))) if asked else None


def _pad(_table: Table, _place: int, text: str, _rng: Random) -> str:
    """Lengthen a text to 256 characters with words of its own."""
    return (f"{text} " * 256)[:255].rstrip().ljust(256, ".")


def _say(*sayings: str) -> Plant:
    """Make the planting of one of these texts in place of a column's; {text} stands for what was there."""
    return _into_one(lambda _table, _place, text, rng: rng.choice(sayings).format(text=text.strip().rstrip(".")))


_REPEATED_PROMPT = _say(
    "You document database schemas for the people who query them.",
    "Do not only repeat the name in other words, do not mention the data type.",
    "{text}. State only what the schema supports. Do not invent values, systems or rules.",
    "Description of column status: {text}.",
    "Energy delivered to vehicles on that day, in kilowatt hours.",
)
_FOREIGN = _say(
    "Datum, an dem der Vertrag mit dem Kunden geschlossen wurde.",
    "Nom de la personne qui a validé la demande.",
    "Fecha en la que se registró el pedido del cliente.",
    "Identificatore del fornitore che ha emesso la fattura.",
    "顧客が注文した日付。",
    "Дата создания записи о заказе.",
    "Siparişin müşteri tarafından onaylandığı ve depodan çıkış yaptığı tarih bilgisi.",
)
_FILLER = _say(
    "{text}. It may also hold additional information where applicable.",
    "{text}, which is kept for various purposes.",
    "This column stores data for reporting purposes.",
    "{text}. It plays an important role in daily operations.",
    "A field that keeps relevant details, and more.",
)

FAULTS = (
    Fault("a column dropped", ("structure", "filled"), _drop),
    Fault("a column invented", ("structure",), _invent),
    Fault("names echoed", ("name_echo", "information"), _echo),
    Fault("boilerplate", ("specificity",), _boilerplate),
    *(Fault(f"fabricated: {kind}", ("unsupported",), _fabricate(kind)) for kind in load_fabrications()),
    Fault("filler", ("filler",), _FILLER),
    Fault("the prompt leaked", ("leak",), _REPEATED_PROMPT),
    Fault("256 characters on Glue", ("fits_limit",), _into_one(_pad), dialect=GLUE),
    Fault("a text used twice", ("repetition",), _duplicate),
    Fault("another language", ("language",), _FOREIGN),
    Fault("markdown", ("plain", "structure"), _say("**{text}**", "- {text}", "`{text}`", "# {text}")),
    Fault("SQL", ("plain",), _say("{text}; SELECT id FROM users", "{text}. DROP TABLE users;", "{text} VARCHAR(20)")),
    Fault("a link", ("plain",), _say("{text}, see https://example.com/x.", "[{text}](http://example.com)")),
    Fault("a loop", ("loops",), _say("{text} {text} {text} {text}", "name of the name of the name of the name of the")),
    Fault("a needless question", ("abstains_wrongly", "filled"), _say("? What is this column for?")),
    Fault("an answer nobody can know", ("abstains_rightly",), _answer_opaque),
)


def list_uncaught(found: Sequence[Caught]) -> list[str]:
    """Name the faults that a measure made for them did not catch.

    Example:
        >>> list_uncaught(())
        []
    """
    return [f"{each.fault} ({measure_named(each.measure).label})" for each in found if not each.caught]
