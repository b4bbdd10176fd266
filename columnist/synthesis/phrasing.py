"""Frames of sentences, read from a data file, and the page on which they are used.

An author has favourite frames and falls back on them, but notices a frame that
has been used a few times already. A page remembers what stands on it.
"""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from random import Random

import yaml

from columnist.synthesis.voices import Manner, Voice

COLUMN_FRAMES = "frames.yaml"
TABLE_FRAMES = "table_frames.yaml"
_EVERY_MANNER = "any"
_FAVOURITES = (6.0, 3.0, 2.0, 1.0)
_TIRING = 0.72  # how much less likely a frame gets with each use on a page

Frames = Mapping[str, Mapping[str, tuple[str, ...]]]


@cache
def load_frames(name: str) -> Frames:
    """Read frames by situation and manner.

    Example:
        >>> "{clause}" in load_frames(COLUMN_FRAMES)["date"]["terse"][0]
        True
    """
    text = files("columnist.synthesis").joinpath("data", name).read_text(encoding="utf-8")
    situations = yaml.load(text, Loader=yaml.CSafeLoader)
    return {
        situation: {manner: tuple(frames) for manner, frames in by_manner.items()}
        for situation, by_manner in situations.items()
    }


@cache
def frames_for(name: str, situation: str, manner: Manner) -> tuple[str, ...]:
    """The frames that a manner of writing has for a situation: its own, then those of everyone."""
    by_manner = load_frames(name)[situation]
    return tuple(dict.fromkeys((*by_manner.get(manner.value, ()), *by_manner.get(_EVERY_MANNER, ()))))


class Page:
    """The texts of one table while they are written: favourite frames, and how often each was used.

    Attributes:
        voice: The author.
        rng: Draws the frames.
        remarks: How often each sort of remark was made.
    """

    def __init__(self, voice: Voice, rng: Random) -> None:
        self.voice = voice
        self.rng = rng
        self.remarks: Counter[str] = Counter()
        self._favourites: dict[str, tuple[list[str], list[float]]] = {}
        self._alike: dict[tuple[str, str], str] = {}

    def pick(self, situation: str, name: str = COLUMN_FRAMES, like: str = "") -> str:
        """Pick a frame.

        Args:
            situation: What is to be worded.
            name: The file with its frames.
            like: What parallel columns have in common, such as the figure that
                each of them gives for another month: they are worded alike.
        """
        if like and (situation, like) in self._alike:
            return self._alike[situation, like]
        if situation not in self._favourites:
            frames = frames_for(name, situation, self.voice.manner)
            drawn = self.rng.sample(frames, min(len(frames), len(_FAVOURITES)))
            self._favourites[situation] = (drawn, list(_FAVOURITES[: len(drawn)]))
        frames_, weights = self._favourites[situation]
        index = self.rng.choices(range(len(frames_)), weights)[0]
        weights[index] *= _TIRING
        if like:
            self._alike[situation, like] = frames_[index]
        return frames_[index]


def capitalize(text: str, frame: str = "") -> str:
    """Capitalise a sentence, unless its frame opens with a name or a code that has to stay as it is.

    Example:
        >>> capitalize("empty until then"), capitalize("currency_code names the currency", "{column} names it")
        ('Empty until then', 'currency_code names the currency')
    """
    if frame.startswith(("{column", "{value", "{low", "{yes", "yyyy")) or "_" in text.split(" ", 1)[0]:
        return text
    return text[:1].upper() + text[1:]


def finish(text: str, voice: Voice) -> str:
    """Capitalise a text and end it as its author does.

    Example:
        >>> finish("date the claim was filed", Voice(manner="plain"))
        'Date the claim was filed.'
    """
    text = " ".join(text.split()).rstrip(".")
    return f"{text[:1].upper()}{text[1:]}{'.' if voice.period else ''}"


def plain_name(identifier: str) -> str:
    """The last part of a name without the quotes of any dialect.

    Example:
        >>> plain_name('core."Order Lines"'), plain_name("[dbo].[Orders]")
        ('Order Lines', 'Orders')
    """
    return identifier.split(".")[-1].strip('"`[]')
