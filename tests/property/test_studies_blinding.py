"""Sealing and unsealing is the identity; orders are balanced, and know nothing of the order that they are given."""

import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from columnist.errors import StudyError
from columnist.studies.assignment import FAR, assign, pairs
from columnist.studies.items import ItemKind, StudyItem, StudyText
from columnist.studies.normalising import normalise
from columnist.studies.sealing import Role, open_seal, seal

identities = st.dictionaries(st.text(min_size=1), st.sampled_from(list(Role)), max_size=20)


@given(identities)
@settings(max_examples=40, deadline=None)
def test_what_is_sealed_comes_out_again(identities):
    with tempfile.TemporaryDirectory() as folder:
        sealed, commitment = seal(identities, Path(folder), "s")
        assert open_seal(sealed, commitment, Path(folder), "s") == identities
        assert seal(identities, Path(folder), "again")[1] != commitment  # the nonce: equal keys do not show as equal


@given(identities, st.integers(0, 63))
@settings(max_examples=20, deadline=None)
def test_no_other_commitment_opens_it(identities, place):
    with tempfile.TemporaryDirectory() as folder:
        sealed, commitment = seal(identities, Path(folder), "s")
        other = commitment[:place] + ("0" if commitment[place] != "0" else "1") + commitment[place + 1 :]
        with pytest.raises(StudyError, match="does not open"):
            open_seal(sealed, other, Path(folder), "s")


def make_items(main: int, repeats: int, attention: int, looks: int) -> list[StudyItem]:
    def item(name: str, table: str, kind: ItemKind, look: int) -> StudyItem:
        texts = (StudyText(text_id=f"{name}x", table_text="", columns=()),) * 2
        second = texts[1].model_copy(update={"text_id": f"{name}y"})
        return StudyItem(item_id=name, table_id=table, kind=kind, look=look, ddl="", texts=(texts[0], second))

    mains = [item(f"m{n}", f"t{n}", ItemKind.MAIN, 1 + n * looks // main) for n in range(main)]
    again = []
    for look in range(1, looks + 1):
        own = [each.table_id for each in mains if each.look == look]
        again += [item(f"r{look}-{n}", own[n], ItemKind.REPEAT, look) for n in range(min(repeats, len(own) // 2))]
    return [*mains, *again, *(item(f"a{n}", f"u{n}", ItemKind.ATTENTION, 1 + n % looks) for n in range(attention))]


studies = st.builds(
    make_items, main=st.integers(4, 40), repeats=st.integers(0, 4), attention=st.integers(0, 3), looks=st.integers(1, 3)
)


@given(studies, st.integers(1, 5), st.integers(0, 1000), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_orders_do_not_depend_on_the_order_of_what_is_given(items, raters, seed, random):
    names = [f"r{number}" for number in range(raters)]
    shuffled, called = list(items), list(names)
    random.shuffle(shuffled)
    random.shuffle(called)
    assert assign(items, names, seed) == assign(shuffled, called, seed)


@given(studies, st.integers(1, 5), st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_options_are_balanced_for_each_rater_and_each_item(items, raters, seed):
    names = [f"r{number}" for number in range(raters)]
    assignments = assign(items, names, seed)
    by_id = {item.item_id: item for item in items}
    turned = {(each.rater, each.item_id): each.a_text_id.endswith("y") for each in assignments}
    main = [item for item in items if item.kind is ItemKind.MAIN]
    for name in names:
        own = [each for each in assignments if each.rater == name]
        assert sorted(each.item_id for each in own) == sorted(by_id)
        assert [each.position for each in own] == list(range(1, len(items) + 1))
        # Of each pair one is turned: whichever text a pair has first is A once.
        for pair in pairs(items, ItemKind.MAIN):
            assert sum(turned[name, item.item_id] for item in pair) == 1 or len(pair) == 1
    for item in main:
        times = Counter(turned[name, item.item_id] for name in names)
        assert abs(times[True] - times[False]) <= 1


@given(studies, st.integers(1, 3), st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_repeats_come_late_and_swapped_and_looks_in_order(items, raters, seed):
    by_id = {item.item_id: item for item in items}
    main = {item.table_id: item.item_id for item in items if item.kind is ItemKind.MAIN}
    for name in {f"r{number}" for number in range(raters)}:
        own = [each for each in assign(items, [f"r{number}" for number in range(raters)], seed) if each.rater == name]
        places = {each.item_id: each.position for each in own}
        first_option = {each.item_id: each.a_text_id[-1] for each in own}
        looks = [by_id[each.item_id].look for each in own]
        assert looks == sorted(looks)  # of items of every kind
        for item in items:
            if item.kind is ItemKind.REPEAT:
                tables = sum(each.kind is ItemKind.MAIN and each.look == item.look for each in items)
                far = FAR if tables >= 2 * FAR else 1
                assert places[item.item_id] >= places[main[item.table_id]] + far
                assert first_option[item.item_id] != first_option[main[item.table_id]]


@given(st.text(), st.sampled_from(["", "?", " * ", '"', "“", "...", "**", "- "]), st.sampled_from(["", ".", '"', " ;"]))
@settings(max_examples=500, deadline=None)
def test_normalising_twice_is_normalising_once(text, before, after):
    once = normalise(before + text + after)
    assert normalise(once) == once
    assert once
    assert once == " ".join(once.split())
    assert once[-1] in ".!?)"


@settings(deadline=None)
@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=4))
def test_form_does_not_tell_who_wrote_a_text(words):
    text = " ".join(words)
    shapes = (text, f"{text}.", f'"{text}"', f"**{text}**", f"  {text.capitalize()} . ", f"- {text}\n", f"“{text}.”")
    assert len({normalise(shape) for shape in shapes}) == 1
