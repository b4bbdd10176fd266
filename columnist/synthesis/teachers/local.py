"""A model of one's own as a teacher."""

from collections import Counter
from collections.abc import Callable, Sequence

from columnist.abstention import is_abstention
from columnist.ddl.tables import Table
from columnist.documentation import Texts
from columnist.synthesis.examples import Example
from columnist.synthesis.teachers.plain_texts import find_text_fault, is_asked
from columnist.synthesis.teachers.protocol import Refusal, TeacherReport
from columnist.synthesis.teachers.settings import LocalTeacherConfig

Describe = Callable[[Sequence[Table]], Sequence[Texts]]


class LocalTeacher:
    """Writes with our own engine, which reads the schema and not the grammar's texts.

    Only where the grammar abstains is its text kept, and the model not asked.
    """

    def __init__(self, config: LocalTeacherConfig, describe: Describe):
        self.name = f"local:{config.adapter.name if config.adapter else config.base_model}"
        self.license = config.license
        self._describe = describe
        self._examples = 0
        self._refused: Counter[str] = Counter()

    def write(self, examples: Sequence[Example]) -> list[Texts | Refusal]:
        """Write texts for examples, one result per example in their order."""
        written = self._describe([_with_abstentions(example) for example in examples])
        results = [_accept(example, texts) for example, texts in zip(examples, written, strict=True)]
        self._examples += len(results)
        self._refused.update(result.reason for result in results if isinstance(result, Refusal))
        return results

    def report(self) -> TeacherReport:
        """Tell how many examples there were, and why some were refused."""
        return TeacherReport(
            teacher=self.name,
            license=self.license,
            examples=self._examples,
            refused=dict(sorted(self._refused.items())),
        )


def open_local_teacher(config: LocalTeacherConfig) -> LocalTeacher:
    """Load the model and return its teacher.

    Raises:
        BaseModelError: The base model cannot be used.
        AdapterError: The adapter cannot be used.
    """
    # Imported here: torch takes seconds, and only this teacher needs it.
    from columnist.modeling.adapters import open_adapter
    from columnist.modeling.describing import describe_tables
    from columnist.modeling.engines import open_engine
    from columnist.modeling.prompts import PromptKind

    adapter = open_adapter(config.adapter) if config.adapter else None
    engine = open_engine(config.base_model, adapter)
    kind = adapter.card.prompt if adapter else PromptKind.INSTRUCT
    return LocalTeacher(config, lambda tables: [described.texts for described in describe_tables(engine, tables, kind)])


def _with_abstentions(example: Example) -> Table:
    """Return the table with its abstentions as comments: what has a comment is not asked for."""
    table, reference = example.table, example.reference
    columns = tuple(
        column.model_copy(update={"comment": text if is_abstention(text) else None})
        for column, text in zip(table.columns, reference.columns, strict=True)
    )
    comment = reference.table if is_abstention(reference.table) else None
    return table.model_copy(update={"comment": comment, "columns": columns})


def _accept(example: Example, written: Texts) -> Texts | Refusal:
    facts = example.reference
    texts = Texts(
        table=_choose(facts.table, written.table),
        columns=tuple(_choose(fact, text) for fact, text in zip(facts.columns, written.columns, strict=True)),
    )
    facts_and_texts = zip((facts.table, *facts.columns), (texts.table, *texts.columns), strict=True)
    faults = (find_text_fault(text) for fact, text in facts_and_texts if is_asked(fact))
    reason = next((fault for fault in faults if fault), None)
    return Refusal(reason=reason) if reason else texts


def _choose(fact: str, written: str) -> str:
    return written.strip() if is_asked(fact) else fact
