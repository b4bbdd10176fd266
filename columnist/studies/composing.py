"""Make the items of a study from what two systems wrote, and say who wrote which text."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random, SystemRandom
from typing import NamedTuple

from columnist.documentation import Texts
from columnist.studies.assignment import pairs, spread
from columnist.studies.items import ItemKind, StudyItem, StudyText, digest_texts
from columnist.studies.normalising import NO_DESCRIPTION, normalise, normalise_texts, show_schema
from columnist.studies.registration import RegisteredItem, RegisteredTable
from columnist.studies.sampling import describe_kind
from columnist.studies.sealing import Role
from columnist.synthesis.examples import Example

_ID_BITS = 64


class Pair(NamedTuple):
    """A table, and what the two systems wrote about it."""

    example: Example
    candidate: Texts
    baseline: Texts


class Composed(NamedTuple):
    """The items of a study, what is registered of them, and the secret: the role of each text.

    Attributes:
        identities: One mapping for each look, of the texts of its items.
    """

    items: tuple[StudyItem, ...]
    tables: tuple[RegisteredTable, ...]
    identities: tuple[Mapping[str, Role], ...]

    @property
    def registered(self) -> tuple[RegisteredItem, ...]:
        """All items as they are registered, by id: of no use to tell a repeat or an attention item."""
        ordered = sorted(self.items, key=lambda item: item.item_id)
        return tuple(RegisteredItem(item_id=item.item_id, sha256=item.digest) for item in ordered)


def compose(
    main: Sequence[Pair],
    spare: Sequence[Pair],
    looks: Sequence[int],
    repeats: int,
    attention: int,
    random: Random | None = None,
) -> Composed:
    """Make main items, hidden repeats and attention items.

    Args:
        main: The tables in the order in which looks count them.
        spare: Further tables, of which attention items are made.
        looks: Numbers of tables.
        repeats: How many tables are shown twice, spread over the looks.
        attention: How many items get one text of another table.
        random: Where ids and places come from. Not the study's seed, which is published: whoever knows it
            must not be able to tell who wrote what.
    """
    random = random or SystemRandom()
    identities: dict[str, Role] = {}
    items, examples = [], {}
    for place, pair in enumerate(main):
        look = next(number for number, tables in enumerate(looks, 1) if place < tables)
        table = pair.example.table
        options = (normalise_texts(table, own, _id(random)) for own in (pair.candidate, pair.baseline))
        item = _item(pair.example, ItemKind.MAIN, look, options, random)
        items.append(item)
        examples[item.table_id] = pair.example
    items += _attention_items(main, spare, spread(attention, looks), random)
    items = [_place(item, swapped, identities) for item, swapped in _draw_places(items, random)]
    order = {table_id: number for number, table_id in enumerate(examples)}
    mains = sorted((i for i in items if i.kind is ItemKind.MAIN), key=lambda item: order[item.table_id])
    for look, count in enumerate(spread(repeats, looks), 1):
        for original in random.sample([item for item in mains if item.look == look], count):
            items.append(_repeat(original, identities, random))
    tables = (_register(item, examples[item.table_id]) for item in mains)
    by_look = tuple(_pick_roles(items, look, identities) for look in range(1, len(looks) + 1))
    return Composed(items=tuple(items), tables=tuple(tables), identities=by_look)


def _pick_roles(items: Sequence[StudyItem], look: int, identities: Mapping[str, Role]) -> dict[str, Role]:
    return {text.text_id: identities[text.text_id] for item in items if item.look == look for text in item.texts}


def _id(random: Random) -> str:
    return f"{random.getrandbits(_ID_BITS):016x}"


def _item(example: Example, kind: ItemKind, look: int, options: Iterable[StudyText], random: Random) -> StudyItem:
    """Return an item whose first text is the candidate's, or the better one; it is put in place later."""
    first, second = options
    ddl = show_schema(example.table)
    return StudyItem(item_id=_id(random), table_id=_id(random), kind=kind, look=look, ddl=ddl, texts=(first, second))


def _draw_places(items: Sequence[StudyItem], random: Random) -> list[tuple[StudyItem, bool]]:
    """Say of each item whether its texts change places: for both of a pair alike (see ``assignment.assign``)."""
    found = []
    for kind in (ItemKind.MAIN, ItemKind.ATTENTION):
        for pair in pairs(items, kind):
            swapped = random.random() < 0.5
            found += [(item, swapped) for item in pair]
    return found


def _place(item: StudyItem, swapped: bool, identities: dict[str, Role]) -> StudyItem:
    roles = (
        (Role.ATTENTION_BETTER, Role.ATTENTION_WORSE)
        if item.kind is ItemKind.ATTENTION
        else (Role.CANDIDATE, Role.BASELINE)
    )
    identities.update({text.text_id: role for text, role in zip(item.texts, roles, strict=True)})
    return item.model_copy(update={"texts": item.texts[::-1]}) if swapped else item


def _repeat(original: StudyItem, identities: dict[str, Role], random: Random) -> StudyItem:
    """Return an item again under new ids, so that nothing but its content tells that it is the same."""
    first, second = (text.model_copy(update={"text_id": _id(random)}) for text in original.texts)
    for text, before in zip((first, second), original.texts, strict=True):
        identities[text.text_id] = identities[before.text_id]
    return original.model_copy(
        update={"item_id": _id(random), "kind": ItemKind.REPEAT, "texts": (first, second)},
    )


def _attention_items(
    main: Sequence[Pair], spare: Sequence[Pair], counts: Sequence[int], random: Random
) -> list[StudyItem]:
    """Make items in which one text is of another table: both by one system, so that only the content is wrong."""
    looks = [look for look, count in enumerate(counts, 1) for _ in range(count)]
    # A system that says nothing of a table gives no better text: those that say most are taken.
    told = sorted(spare, key=lambda pair: max(_share_told(pair.candidate), _share_told(pair.baseline)), reverse=True)
    items = []
    for look, pair in zip(looks, told[: len(looks)], strict=True):
        by_candidate = _share_told(pair.candidate) >= _share_told(pair.baseline)
        other = _pick_other(pair, main, by_candidate, random)
        right, wrong = (pair.candidate, other.candidate) if by_candidate else (pair.baseline, other.baseline)
        table = pair.example.table
        borrowed = Texts(
            table=wrong.table,
            columns=tuple(wrong.columns[place % len(wrong.columns)] for place in range(len(table.columns))),
        )
        options = (normalise_texts(table, own, _id(random)) for own in (right, borrowed))
        items.append(_item(pair.example, ItemKind.ATTENTION, look, options, random))
    return items


def _pick_other(pair: Pair, main: Sequence[Pair], by_candidate: bool, random: Random) -> Pair:
    """Return a table that shares the fewest names with this one, among those of which much is told."""
    own = {column.name.casefold() for column in pair.example.table.columns}

    def likeness(other: Pair) -> tuple[int, float, float]:
        shared = sum(column.name.casefold() in own for column in other.example.table.columns)
        told = _share_told(other.candidate if by_candidate else other.baseline)
        return shared, -round(told, 1), random.random()

    return min(main, key=likeness)


def _share_told(texts: Texts) -> float:
    shown = [normalise(text) for text in (texts.table, *texts.columns)]
    return sum(not text.startswith(NO_DESCRIPTION[:-1]) for text in shown) / len(shown)


def _register(item: StudyItem, example: Example) -> RegisteredTable:
    return RegisteredTable(table_id=item.table_id, sha256=digest_texts(item), **describe_kind(example))
