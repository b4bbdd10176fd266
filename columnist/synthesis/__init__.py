"""Synthesize training sets: generate, validate, deduplicate, split."""

from columnist.synthesis.examples import Example, Split, SynthesisRecord, TrainingSet
from columnist.synthesis.synthesizer import SynthesisConfig, synthesize

__all__ = ["Example", "Split", "SynthesisConfig", "SynthesisRecord", "TrainingSet", "synthesize"]
