"""Synthesize training sets: generate, validate, deduplicate, split."""

from columnist.synthesis.config import SynthesisConfig
from columnist.synthesis.examples import Example, Split, TrainingSet
from columnist.synthesis.record import SynthesisRecord
from columnist.synthesis.synthesizer import synthesize, synthesize_to

__all__ = ["Example", "Split", "SynthesisConfig", "SynthesisRecord", "TrainingSet", "synthesize", "synthesize_to"]
