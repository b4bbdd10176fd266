"""Who sees which item when, and which text as option A: from the study's seed, knowing no model."""

from collections.abc import Iterator, Sequence
from random import Random

from columnist.digests import digest_value
from columnist.studies.items import ItemKind, StudyItem
from columnist.values import Value


class Assignment(Value):
    """One showing: a rater sees an item at a position, with one text as A and the other as B.

    Attributes:
        position: From 1.
    """

    rater: str
    position: int
    item_id: str
    a_text_id: str
    b_text_id: str


def assign(items: Sequence[StudyItem], raters: Sequence[str], seed: int) -> tuple[Assignment, ...]:
    """Give every rater an order of all items, and of the two options of each.

    Items of an earlier look come before those of a later one. Each item is turned for
    half of the raters. Of two items that follow each other by id, a rater sees one turned and
    the other not: where the opening has put the candidate into the same place in both
    (see ``columnist.studies.composing``), it is A on half of a rater's items, which
    nobody here has to know. Repeats come in the last third, turned against their originals,
    which come in the first half of the first look.

    Args:
        items: In any order.
        raters: In any order.
        seed: Decides all of it.

    Returns:
        Assignments by rater and position.
    """
    ordered = sorted(items, key=lambda item: item.item_id)
    names = sorted(raters)
    turns = dict(_draw_turns(ordered, names, seed))
    return tuple(
        _show(rater, position, item, turns[item.item_id][place])
        for place, rater in enumerate(names)
        for position, item in enumerate(_draw_order(ordered, _random(seed, "order", rater)), 1)
    )


def _random(seed: int, *what: str) -> Random:
    return Random(digest_value([seed, *what]))


def _show(rater: str, position: int, item: StudyItem, turned: bool) -> Assignment:
    first, second = (text.text_id for text in item.texts)
    a, b = (second, first) if turned else (first, second)
    return Assignment(rater=rater, position=position, item_id=item.item_id, a_text_id=a, b_text_id=b)


def pairs(items: Sequence[StudyItem], kind: ItemKind) -> Iterator[tuple[StudyItem, ...]]:
    """Yield the items of a kind in pairs, by look and id; the last may be alone."""
    own = sorted((item for item in items if item.kind is kind), key=lambda item: (item.look, item.item_id))
    for start in range(0, len(own), 2):
        yield tuple(own[start : start + 2])


def _draw_turns(items: Sequence[StudyItem], raters: Sequence[str], seed: int) -> Iterator[tuple[str, tuple[bool, ...]]]:
    """Yield for each item whether each rater sees its texts turned."""
    by_table: dict[str, tuple[bool, ...]] = {}
    for kind in (ItemKind.MAIN, ItemKind.ATTENTION):
        for pair in pairs(items, kind):
            random = _random(seed, "turns", pair[0].item_id)
            flags = [place % 2 == 1 for place in range(len(raters))]
            random.shuffle(flags)
            # With an odd number of raters, one of the two orders is seen once more: which, is drawn too.
            flip = random.random() < 0.5
            for place, item in enumerate(pair):
                turned = tuple(flag ^ flip ^ (place == 1) for flag in flags)
                by_table[item.table_id] = turned
                yield item.item_id, turned
    for item in items:
        if item.kind is ItemKind.REPEAT:
            yield item.item_id, tuple(not turned for turned in by_table[item.table_id])


def _draw_order(items: Sequence[StudyItem], random: Random) -> list[StudyItem]:
    """Return all items in one rater's order."""
    repeats = [item for item in items if item.kind is ItemKind.REPEAT]
    attention = [item for item in items if item.kind is ItemKind.ATTENTION]
    repeated = {item.table_id for item in repeats}
    order = [item for look in sorted({i.look for i in items}) for item in _draw_look(items, look, repeated, random)]
    late = len(order) - len(order) // 3
    random.shuffle(repeats)
    for item in repeats:
        order.insert(random.randint(late, len(order)), item)
    random.shuffle(attention)
    stretch = len(order) / (len(attention) or 1)
    for place in reversed(range(len(attention))):  # from behind, so that places before stay where they are
        order.insert(int(stretch * place + random.random() * stretch), attention[place])
    return order


def _draw_look(items: Sequence[StudyItem], look: int, repeated: set[str], random: Random) -> list[StudyItem]:
    """Return the main items of a look in random order; those that are shown again come in its first half."""
    own = [item for item in items if item.kind is ItemKind.MAIN and item.look == look]
    again = [item for item in own if item.table_id in repeated]
    once = [item for item in own if item.table_id not in repeated]
    random.shuffle(once)
    early = max(len(own) // 2, len(again)) - len(again)
    first = again + once[:early]
    random.shuffle(first)
    return first + once[early:]
