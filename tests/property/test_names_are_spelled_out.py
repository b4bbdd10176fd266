"""Whatever a name holds, spelling it out gives plain words, and words stay what they are."""

from hypothesis import given
from hypothesis import strategies as st

from columnist.identifiers import split_name
from columnist.modeling.spelling import known_share, spell_out

_PARTS = ("cust", "qty", "oh", "no", "dt", "dob", "gl", "po", "st", "temp", "txns", "id", "acct", "nbr", "nm", "c")
_WORDS = ("customer", "order", "date", "of", "birth", "quantity", "on", "hand", "shipping", "address")
_NAMES = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(_PARTS), max_size=8).map("_".join),
    st.text(alphabet="abcdeinorstu", max_size=70),
)


@given(_NAMES)
def test_only_plain_words_come_out(name):
    spelled = spell_out(name)
    assert spelled == " ".join(spelled.split())
    assert all(character.isprintable() for character in spelled)


@given(_NAMES)
def test_no_word_is_lost(name):
    assert len(spell_out(name).split()) >= len(split_name(name.removesuffix("__c")))


@given(_NAMES)
def test_the_known_share_is_a_share(name):
    assert 0.0 <= known_share(name) <= 1.0


@given(st.lists(st.sampled_from(_WORDS), min_size=1))
def test_words_in_full_stay_as_they_are(words):
    assert spell_out("_".join(words)) == " ".join(words)
