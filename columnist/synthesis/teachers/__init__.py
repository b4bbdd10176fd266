"""Who writes the texts of examples: the grammar, a served model, or a model of one's own."""

from columnist.synthesis.teachers.opening import open_teacher
from columnist.synthesis.teachers.protocol import Refusal, Teacher, TeacherReport
from columnist.synthesis.teachers.settings import (
    GrammarTeacherConfig,
    LocalTeacherConfig,
    OpenAITeacherConfig,
    TeacherConfig,
)

__all__ = [
    "GrammarTeacherConfig",
    "LocalTeacherConfig",
    "OpenAITeacherConfig",
    "Refusal",
    "Teacher",
    "TeacherConfig",
    "TeacherReport",
    "open_teacher",
]
