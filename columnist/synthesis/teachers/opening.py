"""Open the teacher that a configuration names."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from columnist.synthesis.teachers.grammar import GrammarTeacher
from columnist.synthesis.teachers.local import open_local_teacher
from columnist.synthesis.teachers.protocol import Teacher
from columnist.synthesis.teachers.settings import (
    GrammarTeacherConfig,
    LocalTeacherConfig,
    TeacherConfig,
)


@contextmanager
def open_teacher(config: TeacherConfig, ledger: Path) -> Iterator[Teacher]:
    """Open a teacher, and close it whatever happens meanwhile.

    Args:
        config: Who teaches.
        ledger: File that keeps the paid answers of a served model, made when it
            is missing. Runs that share it never pay twice for the same request.

    Raises:
        TeacherError: The ledger cannot be used, or nothing can be written.
        BaseModelError: The local model cannot be used.
        AdapterError: Its adapter cannot be used.
    """
    match config:
        case GrammarTeacherConfig():
            yield GrammarTeacher(config)
        case LocalTeacherConfig():
            yield open_local_teacher(config)
        case _:
            # Imported here: its client and its courier are needed for this teacher alone.
            from columnist.synthesis.teachers.served import open_served_teacher

            with open_served_teacher(config, ledger) as teacher:
                yield teacher
