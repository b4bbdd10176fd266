"""The vocabulary: its size, its references, and that its phrases say something."""

import re
from collections import Counter

import pytest

from columnist.errors import TrainingSetError
from columnist.synthesis.english import bare
from columnist.synthesis.lexicon import Kind, load_lexicon, parse_lexicon
from columnist.synthesis.naics import load_industries, load_sectors
from columnist.synthesis.quoting import _RESERVED
from columnist.synthesis.validators import is_name_echo

PACK = {"sets": {"box": {"weight": {"amount": "what ~ weighs"}}}}
ENTITIES = {"box": {"row": "box", "about": "boxes"}, "shelf": {"row": "shelf", "about": "shelves"}}
USE_CASE = {
    "title": "Storing",
    "sectors": [11],
    "decides": "where to put it",
    "entities": ["box", "shelf"],
    "watches": {},
}


def test_the_vocabulary_is_wide():
    lexicon = load_lexicon()
    assert len(lexicon.use_cases) >= 150
    assert len(lexicon.entities) >= 600
    assert sum(len(attributes) for attributes in lexicon.sets.values()) >= 4000


def test_every_sector_has_use_cases():
    found = Counter(sector for case in load_lexicon().use_cases for sector in case.sectors)
    assert set(found) == set(load_sectors())
    assert min(found.values()) >= 5


def test_every_use_case_has_an_industry_in_each_of_its_sectors():
    lost = [
        (case.id, sector)
        for case in load_lexicon().use_cases
        for sector in case.sectors
        if not any(industry.sector == sector and case.occurs_in(industry.code) for industry in load_industries())
    ]
    assert lost == []


def test_every_prefix_of_an_industry_belongs_to_a_sector_of_its_use_case():
    dead = [
        (case.id, prefix)
        for case in load_lexicon().use_cases
        for prefix in case.industries
        if not any(i.sector in case.sectors and i.code.startswith(prefix) for i in load_industries())
    ]
    assert dead == []


def test_every_industry_has_a_use_case():
    use_cases = load_lexicon().use_cases
    lost = [
        industry.title
        for industry in load_industries()
        if not any(industry.sector in case.sectors and case.occurs_in(industry.code) for case in use_cases)
    ]
    assert lost == []


def test_every_log_and_configuration_can_be_drawn():
    """It occurs everywhere, is named in a use case, or refers to something that only one trade has."""
    lexicon = load_lexicon()
    named = {name for case in lexicon.use_cases for name in case.entities}
    lost = [
        entity.id
        for entity in (*lexicon.of_sort("log"), *lexicon.of_sort("config"))
        if not entity.everywhere
        and entity.id not in named
        and not {relation.to for relation in entity.belongs_to.values()} & (named - lexicon.common)
    ]
    assert lost == []


def test_units_are_endings_of_names():
    units = load_lexicon().units
    assert len(units) >= 60
    assert [suffix for suffix in units if not re.fullmatch("[a-z][a-z0-9]*", suffix)] == []
    assert [name for name in units.values() if not re.fullmatch("[A-Za-z][A-Za-z -]*[A-Za-z]", name)] == []


def test_abbreviations_are_shorter_than_their_words():
    abbreviations = load_lexicon().abbreviations
    assert len(abbreviations) >= 400
    for word, forms in abbreviations.items():
        assert re.fullmatch("[a-z]+", word), word
        assert forms, word
        assert len(set(forms)) == len(forms), word
        assert all(re.fullmatch("[a-z][a-z0-9_]*", form) and len(form) <= len(word) for form in forms), (word, forms)


def test_every_entity_has_attributes():
    lexicon = load_lexicon()
    assert [entity.id for entity in lexicon.entities.values() if len(lexicon.attributes_of(entity)) < 4] == []


def test_every_entity_is_used():
    lexicon = load_lexicon()
    used = {name for case in lexicon.use_cases for name in case.entities}
    used |= {relation.to for entity in lexicon.entities.values() for relation in entity.belongs_to.values()}
    used |= {entity.id for sort in ("log", "config") for entity in lexicon.of_sort(sort)}
    assert set(lexicon.entities) - used == set()


def test_no_attribute_is_declared_twice_in_an_entity():
    lexicon = load_lexicon()
    for entity in lexicon.entities.values():
        meanings = [means for attribute in lexicon.attributes_of(entity) for means in attribute.means]
        assert len(set(meanings)) == len(meanings), entity.id


def test_no_phrase_merely_repeats_its_name():
    lexicon = load_lexicon()
    for entity in lexicon.entities.values():
        for attribute in lexicon.sets.get(entity.id, ()):
            if attribute.kind.is_moment or attribute.kind is Kind.WHETHER:
                continue
            for means in attribute.means:
                text = bare(means).replace("~", f"the {entity.id.replace('_', ' ')}")
                assert len(text.split()) >= 3, (entity.id, text)
                assert not is_name_echo("_".join(attribute.words), text), (entity.id, text)


def test_phrases_are_plain():
    lexicon = load_lexicon()
    phrases = [m for attributes in lexicon.sets.values() for a in attributes for m in a.means]
    phrases += [m for case in lexicon.use_cases for a in case.watches for m in a.means]
    assert [p for p in phrases if p.endswith(".") or p != p.strip() or "  " in p or p[0].isupper()][:9] == [
        p for p in phrases if p.startswith(("ZIP", "XYZ"))
    ]


def test_metrics_speak_of_their_period():
    for case in load_lexicon().use_cases:
        for metric in case.watches:
            assert all("^" in means for means in metric.means), (case.id, metric.words)


def test_an_entity_of_a_use_case_has_to_exist():
    wrong = {"storing": {**USE_CASE, "entities": ["box", "crate"]}}
    with pytest.raises(TrainingSetError, match="entity crate of use case storing"):
        parse_lexicon({"a.yaml": {**PACK, "use_cases": wrong, "entities": ENTITIES}})


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"price": "what it costs"}, "needs exactly one of"),
        ({"amount": "a", "count": "b"}, "needs exactly one of"),
        ({"measure": "length of ~", "unit": ["parsec"]}, "unit parsec"),
        ({"amount": "a", "colour": "b"}, "colour"),
    ],
)
def test_a_malformed_attribute_is_refused(entry, message):
    pack = {"sets": {"box": {"weight": entry}}, "use_cases": {"storing": USE_CASE}, "entities": ENTITIES}
    with pytest.raises(TrainingSetError, match=message) as caught:
        parse_lexicon({"a.yaml": pack})
    assert "\n" not in str(caught.value)


def test_a_small_vocabulary_is_read():
    lexicon = parse_lexicon({"a.yaml": {**PACK, "use_cases": {"storing": USE_CASE}}, "b.yaml": {"entities": ENTITIES}})
    assert lexicon.use_cases[0].sectors == ("11",)
    assert lexicon.attributes_of(lexicon.entities["box"])[0].means == ("what ~ weighs",)


def test_sectors_rename_entities():
    site = load_lexicon().entities["site"]
    assert (site.noun("62"), site.nouns("21"), site.noun("99")) == ("clinic", "mines", "site")


def test_reserved_words_are_lower_case():
    assert all(word == word.lower() for word in _RESERVED)


def test_industries_are_all_there():
    industries = load_industries()
    assert len(industries) == 1012
    assert {industry.sector for industry in industries} == set(load_sectors())
    assert len(load_sectors()) == 20


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "expected a CSV with the columns code, level and title"),
        ("code;level\n1;2\n", "expected a CSV"),
        ("code,level,title\n111110,6,Soybean Farming\n", "code 111110 has no sector row"),
    ],
)
def test_a_wrong_industry_file_is_refused(tmp_path, content, message):
    path = tmp_path / "naics.csv"
    path.write_text(content)
    with pytest.raises(TrainingSetError, match=message):
        load_industries(path)


def test_a_missing_industry_file_is_refused(tmp_path):
    with pytest.raises(TrainingSetError, match="cannot be read"):
        load_industries(tmp_path / "none.csv")
