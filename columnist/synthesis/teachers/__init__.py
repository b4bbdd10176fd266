"""Who writes the texts of examples: the grammar, a served model, or a model of one's own."""

from columnist.synthesis.teachers.protocol import Refusal, Teacher

__all__ = ["Refusal", "Teacher"]
