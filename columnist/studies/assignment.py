"""Who sees which item when, and which text as option A: from the study's seed, knowing no model."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from random import Random

from columnist.digests import digest_value
from columnist.studies.items import ItemKind, StudyItem
from columnist.values import Value

FAR = 8  # places between a table and its repeat, where a look has so many: people keep about seven things in mind


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

    All items of an earlier look come before those of a later one, repeats and attention items with
    them: a look judges raters by what it has. Each item is turned for half of the raters. Of two
    items that follow each other by id, a rater sees one turned and the other not: where the opening
    has put the candidate into the same place in both (see ``columnist.studies.composing``), it is A on
    half of a rater's items, which nobody here has to know. Repeats come at the end of their look,
    turned against their originals, which come in its first half.

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


def spread(count: int, looks: Sequence[int]) -> tuple[int, ...]:
    """Say how many hidden items each look has: half in the first one, which needs them most, the rest evenly.

    A look of few tables gets no more than half as many; what is left over is the first look's.

    Args:
        count: Of repeats, or of attention items.
        looks: Numbers of tables, rising.

    Example:
        >>> spread(6, (21, 42, 62)), spread(3, (21, 42, 62)), spread(2, (62,))
        ((3, 1, 2), (2, 0, 1), (2,))
    """
    rest, whole = count // 2, looks[-1] - looks[0]
    due = [rest * (tables - looks[0]) // (whole or 1) for tables in looks]
    later = [min(b - a, (t - s) // 2) for (a, b), (s, t) in zip(pairwise(due), pairwise(looks), strict=True)]
    return count - sum(later), *later


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
    """Return all items in one rater's order, look after look."""
    looks = sorted({item.look for item in items})
    return [item for look in looks for item in _draw_look([each for each in items if each.look == look], random)]


def _draw_look(items: Sequence[StudyItem], random: Random) -> list[StudyItem]:
    """Return the items of a look: originals first, repeats last, and attention items one to each stretch."""
    repeats, attention = (
        [item for item in items if item.kind is kind] for kind in (ItemKind.REPEAT, ItemKind.ATTENTION)
    )
    order = _draw_main(
        [item for item in items if item.kind is ItemKind.MAIN], {item.table_id for item in repeats}, random
    )
    random.shuffle(repeats)
    late = min(_count_early(len(order), len(repeats)) + FAR - 1, len(order))
    for item in repeats:
        order.insert(random.randint(late, len(order)), item)
    random.shuffle(attention)
    stretch = len(order) / (len(attention) or 1)
    for place in reversed(range(len(attention))):  # from behind, so that places before stay where they are
        order.insert(int(stretch * place + random.random() * stretch), attention[place])
    return order


def _draw_main(main: list[StudyItem], repeated: set[str], random: Random) -> list[StudyItem]:
    """Return main items in random order; those that are shown again come early."""
    again = [item for item in main if item.table_id in repeated]
    once = [item for item in main if item.table_id not in repeated]
    random.shuffle(once)
    early = _count_early(len(main), len(again)) - len(again)
    first = again + once[:early]
    random.shuffle(first)
    return first + once[early:]


def _count_early(main: int, repeats: int) -> int:
    """Return how many of a look's tables may come before the first repeat is far enough from all originals."""
    return max(repeats, min(main // 2, main + 1 - FAR))
