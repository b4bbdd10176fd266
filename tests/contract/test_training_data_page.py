"""The page about training data: its vocabulary pack is complete, and its examples are made from it."""

import re
from pathlib import Path

from columnist.synthesis import SynthesisConfig, synthesize
from columnist.synthesis.taxonomy import load_taxonomy

PAGE = Path(__file__).resolve().parents[2] / "docs" / "training-data.md"


def test_the_pack_of_the_page_is_complete_and_used(tmp_path):
    pack = tmp_path / "rinks.yaml"
    pack.write_text(
        next(block for block in re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.S) if "sets:" in block)
    )
    assert not load_taxonomy((pack,)).check().problems
    config = SynthesisConfig(
        seed=2, train_examples=60, validation_examples=0, test_examples=20, quotas={}, vocabulary=(pack,)
    )
    made = synthesize(config)
    rinks = [example for example in made.train if example.use_case == "ice_making"]
    assert len(rinks) >= 6
    assert not [example for example in made.test if example.use_case == "ice_making"]
    assert (made.record.quotas[-1].name, made.record.quotas[-1].met) == ("use cases of your own", True)
