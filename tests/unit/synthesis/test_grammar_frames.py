"""The frames in the data files can be filled in, and read as parts of sentences."""

import re
from string import Formatter

import pytest

from columnist.synthesis.naming import TableKind
from columnist.synthesis.phrasing import COLUMN_FRAMES, TABLE_FRAMES, frames_for, load_frames
from columnist.synthesis.voices import Manner

_WORDS = {
    COLUMN_FRAMES: """noun nouns a_noun target a_target means table column columns path clause yes no phrase the_phrase
        bare_phrase values values_or values_and value low high unit text fields words said""",
    TABLE_FRAMES: """about noun nouns a_noun A_noun row a_row other others an_other highlights links key period span
        table column columns target named text""",
}
_FRAMES = [
    (name, situation, manner, frame)
    for name in (COLUMN_FRAMES, TABLE_FRAMES)
    for situation, by_manner in load_frames(name).items()
    for manner, frames in by_manner.items()
    for frame in frames
]


def test_there_are_many_frames():
    assert len(_FRAMES) > 1000


def test_frames_name_only_what_can_be_filled_in():
    for name, situation, _, frame in _FRAMES:
        named = {field for _, field, _, _ in Formatter().parse(frame) if field}
        assert named <= set(_WORDS[name].split()), (situation, frame)


def test_frames_leave_capitals_and_periods_to_the_writer():
    for _, situation, _, frame in _FRAMES:
        assert not frame.endswith("."), (situation, frame)
        assert frame.count("(") == frame.count(")"), (situation, frame)
        assert frame == " ".join(frame.split()), (situation, frame)


def test_manners_are_known_and_frames_differ():
    known = {manner.value for manner in Manner} | {"any"}
    for name in (COLUMN_FRAMES, TABLE_FRAMES):
        for situation, by_manner in load_frames(name).items():
            assert set(by_manner) <= known, situation
            for frames in by_manner.values():
                assert len(set(frames)) == len(frames), situation


@pytest.mark.parametrize("manner", Manner)
def test_every_manner_has_frames_for_every_situation(manner):
    for name in (COLUMN_FRAMES, TABLE_FRAMES):
        for situation in load_frames(name):
            assert frames_for(name, situation, manner), (situation, manner)


def test_every_kind_of_table_has_openings_of_its_own():
    kinds = {kind.value for kind in TableKind} - {"entity"}
    assert kinds <= set(load_frames(TABLE_FRAMES))


def test_indefinite_articles_are_left_to_the_writer():
    for _, situation, _, frame in _FRAMES:
        assert not re.search(r"\ban? \{(?:noun|target|row|other)\}", frame), (situation, frame)
