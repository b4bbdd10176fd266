"""LoRA training with a completion-only loss, resumable after any interruption.

A hand-written loop instead of a trainer framework: rows carry their own attention
mask (see ``encoding``), the head runs only where there is a label, and a checkpoint
is one safetensors file. ``docs/adr/0005-training-loop.md`` has the reasons and figures.
"""

from columnist.modeling.training.adapter import train_adapter
from columnist.modeling.training.config import TrainingConfig
from columnist.modeling.training.interruption import TrainingInterrupted
from columnist.modeling.training.loop import Progress

__all__ = ["Progress", "TrainingConfig", "TrainingInterrupted", "train_adapter"]
