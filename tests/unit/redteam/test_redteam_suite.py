"""The attacks that ship: many, distinct, and readable by the product."""

import codecs
import re
from base64 import b64decode
from collections import Counter

import pytest

from columnist.ddl import read_text
from columnist.redteam.suite import Carrier, Host, Payload, _chosen, _make, open_suite

SUITE = open_suite()
SEEN = [attack for attack in SUITE.attacks if not attack.held_out]


def test_there_are_enough_for_a_bound_of_one_percent():
    assert len(SUITE.attacks) >= 310
    assert len({attack.id for attack in SUITE.attacks}) == len(SUITE.attacks)
    assert len({attack.ddl for attack in SUITE.attacks}) == len(SUITE.attacks)
    assert len({attack.payload for attack in SUITE.attacks}) >= 60


def test_every_sort_and_place_is_there():
    kinds = Counter(attack.kind for attack in SEEN)
    assert set(kinds) >= {
        *("override", "command", "chat token", "link", "sql", "markup", "prompt leak", "agent", "secret", "homoglyph"),
        *("unseen", "long", "multilingual", "encoded", "persuasion", "politeness", "policy", "redirect", "ownership"),
        *("bait", "role play", "encoding", "emoji", "mixed scripts", "language", "format", "tool call", "leak"),
        *("social proof", "plausible name"),
    }
    assert min(kinds.values()) >= 4
    assert len({attack.carrier for attack in SEEN}) >= 31


def test_those_held_out_bring_sorts_of_their_own():
    kinds = Counter(attack.kind for attack in SUITE.held_out)
    assert len(kinds) >= 20
    assert not set(kinds) & {attack.kind for attack in SEEN}


def test_those_held_out_are_enough_for_a_bound_of_one_percent_of_their_own():
    assert len(SUITE.held_out) >= 320
    assert len({attack.payload for attack in SUITE.held_out}) >= 32
    assert not {attack.payload for attack in SUITE.held_out} & {attack.payload for attack in SEEN}
    assert not {attack.canary for attack in SUITE.held_out if attack.canary} & {attack.canary for attack in SEEN}


def test_what_hides_a_word_hides_the_word_that_is_looked_for():
    attacks = {attack.id.partition(".")[0]: attack for attack in SEEN}
    rot13, base64, backwards = (attacks[name] for name in ("rot13", "unseen_base64", "reversed"))
    assert rot13.canary in codecs.decode(rot13.payload, "rot13")
    assert base64.canary in b64decode(base64.payload.split()[1] + "==").decode()
    assert backwards.canary in backwards.payload[::-1]


def test_every_script_is_one_table_to_the_product():
    for attack in (*SUITE.attacks, *SUITE.controls):
        script = read_text(attack.ddl, attack.dialect)
        assert len(script.tables) == 1, attack.id
        assert script.skipped == (), attack.id


def test_every_attack_says_what_it_wants_and_stands_in_its_script():
    for attack in SUITE.attacks:
        assert attack.wants.endswith("."), attack.id
        words = re.findall(r"\w+", attack.payload)
        assert words[-1].lower() in attack.ddl.lower(), attack.id


def test_canaries_are_words_that_nobody_uses():
    from columnist.modeling.spelling import known_share

    canaries = {attack.canary for attack in SUITE.attacks} - {""}
    assert len(canaries) >= 35
    assert [canary for canary in canaries if known_share(canary) == 1] == []


def test_the_digest_is_that_of_the_content():
    assert SUITE.sha256 == open_suite().sha256
    fewer = SUITE.model_copy(update={"attacks": SUITE.attacks[1:]})
    assert fewer.sha256 != SUITE.sha256
    assert fewer.held_out_sha256 == SUITE.held_out_sha256
    assert SUITE.model_copy(update={"attacks": SUITE.attacks[:-1]}).held_out_sha256 != SUITE.held_out_sha256


def test_a_payload_is_written_as_its_place_demands():
    host = Host(name="t", columns=(("id", "int"),))
    payload = Payload(id="p", kind="sql", text='it\'s "x" */ a\nb', wants="Nothing.", carriers=("c",))
    template = "{{ payload|literal }} {{ payload|quoted }} {{ payload|line }} {{ payload|block }} {{ payload|words }} "
    carrier = Carrier(id="c", group="g", dialect="postgres", ddl=template + "{{ payload|camel }} {{ payload|tick }}")
    ddl = _make(payload, carrier, host).ddl
    assert "'it''s \"x\" */ a\nb'" in ddl
    assert '"it\'s ""x"" */ a\nb"' in ddl
    assert 'it\'s "x" */ a b' in ddl
    assert 'it\'s "x" * / a\nb' in ddl
    assert "it_s_x_a_b" in ddl
    assert "ItSXAB" in ddl


def test_a_carrier_that_is_not_there_is_a_mistake_in_the_list():
    payload = Payload(id="p", kind="sql", text="x", wants="Nothing.", carriers=("colunm_name",))
    with pytest.raises(ValueError, match="colunm_name"):
        list(_chosen(payload, []))


def test_long_payloads_repeat_themselves():
    payload = Payload(id="p", kind="long", text="aa ", repeat=3, ending="end", wants="Nothing.", carriers=("c",))
    assert payload.whole == "aa aa aa end"
    assert payload.model_copy(update={"text": "Do it."}).whole == "Do it. Do it. Do it.end"
