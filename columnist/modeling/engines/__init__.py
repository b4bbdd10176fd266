"""Decoding engines: prompts in, one text per slot out."""

from columnist.modeling.engines.protocol import MAX_NEW_TOKENS, Engine, Filled, OnFilled
from columnist.modeling.engines.transformers_engine import TransformersEngine, open_engine

__all__ = ["MAX_NEW_TOKENS", "Engine", "Filled", "OnFilled", "TransformersEngine", "open_engine"]
