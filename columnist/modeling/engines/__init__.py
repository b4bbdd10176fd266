"""Decoding engines: prompts in, one text per slot out."""

from columnist.modeling.engines.opening import EngineName, open_engine, settle_engine
from columnist.modeling.engines.protocol import MAX_NEW_TOKENS, Engine, Filled, OnFilled

__all__ = ["MAX_NEW_TOKENS", "Engine", "EngineName", "Filled", "OnFilled", "open_engine", "settle_engine"]
