"""Whatever the seed: groups are deterministic, plain and bounded."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from columnist.synthesis import Split, SynthesisConfig, synthesize
from columnist.synthesis.candidates import open_source
from columnist.synthesis.files import read_training_set, write_training_set
from columnist.synthesis.generator import generate_group
from columnist.synthesis.lexicon import load_lexicon
from columnist.synthesis.naics import load_industries
from columnist.synthesis.partition import draw_partition, pairs_by_split
from columnist.synthesis.validators import find_fault

seeds = st.integers(0, 2**40)


def _keys(sectors):
    return {(p.industry.code, p.use_case.id) for cases in sectors.values() for found in cases.values() for p in found}


@settings(max_examples=6, deadline=None)
@given(seeds, st.sampled_from(list(Split)), st.integers(0, 10_000))
def test_a_group_is_a_function_of_seed_split_and_number(seed, split, index):
    config = SynthesisConfig(seed=seed, train_examples=1, validation_examples=0, test_examples=0)
    first, second = (generate_group(open_source(config), split, index) for _ in range(2))
    assert first == second


@settings(max_examples=6, deadline=None)
@given(seeds)
def test_few_candidates_are_rejected(seed):
    source = open_source(SynthesisConfig(seed=seed, train_examples=1, validation_examples=0, test_examples=0))
    groups = [generate_group(source, split, index) for split in Split for index in range(10)]
    faults = [find_fault(example) for group in groups for example in group]
    assert sum(fault is not None for fault in faults) <= len(faults) / 10


@settings(max_examples=6, deadline=None)
@given(seeds)
def test_every_split_has_pairs_and_shares_none(seed):
    lexicon = load_lexicon()
    pairs = pairs_by_split(draw_partition(seed, lexicon), load_industries(), lexicon)
    sets = [_keys(pairs[split]) for split in Split]
    assert all(sets)
    assert sum(map(len, sets)) == len(set().union(*sets))


@pytest.mark.parametrize("split", list(Split))
def test_candidates_stay_in_their_split(split):
    source = open_source(SynthesisConfig(seed=4, train_examples=1, validation_examples=0, test_examples=0))
    allowed = _keys(source.pairs[split])
    for index in range(30):
        for example in generate_group(source, split, index):
            assert (example.naics_code, example.use_case) in allowed


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seeds)
def test_folders_keep_everything(tmp_path, seed):
    made = synthesize(SynthesisConfig(seed=seed, train_examples=3, validation_examples=1, test_examples=2))
    write_training_set(made, tmp_path / str(seed))
    assert read_training_set(tmp_path / str(seed)) == made
