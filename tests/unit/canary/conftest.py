"""An adapter with a true card, an engine that answers by rule, and a home of their own."""

from types import SimpleNamespace

import pytest
from stated_adapter import state_adapter

from columnist.canary import fingerprint, rescoring, writing
from columnist.canary.checking import CanaryConfig
from columnist.home import Home
from columnist.modeling.engines import EngineName, Filled


class RuleEngine:
    """Answers every slot with the words of its name, and what a test adds to them."""

    def __init__(self):
        self.adds = ""
        self.only = lambda _: True
        self.runs = 0

    def fill(self, prompts, on_filled=None):
        self.runs += 1
        filled = [tuple(self._answer(slot) for slot in prompt.slots) for prompt in prompts]
        for place, texts in enumerate(filled):
            if on_filled:
                on_filled(place, texts)
        return filled

    def _answer(self, slot):
        text = f"Holds the {slot.name.lower().replace('_', ' ')} of the row"
        return Filled(f"{text}{self.adds}." if self.only(slot.name) else f"{text}.")


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


@pytest.fixture
def engine(monkeypatch):
    """The engine in the place of every real one; the base model is never looked for."""
    engine = RuleEngine()
    monkeypatch.setattr(writing, "open_engine", lambda *_: engine)
    monkeypatch.setattr(fingerprint, "resolve_base_model", lambda _: SimpleNamespace(digest="1" * 64))
    monkeypatch.setattr(
        fingerprint, "settle_engine", lambda _, name: EngineName.OPENVINO if name is EngineName.AUTO else name
    )
    monkeypatch.setattr(rescoring, "find_encoder", lambda: None)
    return engine


@pytest.fixture
def folder(tmp_path):
    """The folder of an adapter whose weights are never attached here."""
    folder = state_adapter(tmp_path / "adapter").folder
    (folder / "MODEL_CARD.md").write_text("# A model\n")
    return folder


@pytest.fixture
def config():
    return CanaryConfig(
        engine="auto",
        seed=7,
        level=0.95,
        resamples=200,
        samples=3,
        changed_share_same_cpu=0,
        changed_share_other_cpu=0.2,
    )
