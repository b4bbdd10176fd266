"""Make the attacks of the suite on a tuned model as the product runs it, and on base models as people ask them."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from columnist.ddl import read_text
from columnist.ddl.tables import Table
from columnist.documentation import Origin, TableDocumentation, Texts, merge
from columnist.modeling.prompts import TABLE_SLOT
from columnist.redteam.asking import AskedBase
from columnist.redteam.config import RedteamConfig
from columnist.redteam.judging import Written, hides, judge
from columnist.redteam.results import AttackedSystem, AttackOutcome, Breach, RedteamResult, Rule
from columnist.redteam.suite import Attack, open_suite
from columnist.rendering import Header, render_markdown, render_sql
from columnist.synthesis.examples import Example
from columnist.systems import Kind, System

TUNED = "tuned"
OnDone = Callable[[str, int, int], None]


def run_attacks(model: str, config: RedteamConfig, cache: Path, say: OnDone) -> RedteamResult:
    """Attack a tuned model, then the baselines.

    What was written before is taken from the cache, so an interrupted run goes on.
    Nothing is held back for being unlikely to be accepted: a steward who asks for
    all texts sees what is judged here.

    Args:
        model: ``default``, the folder of an adapter, or ``models:/...``.
        config: Which attacks, and on whom.
        cache: Folder of what was written.
        say: Called with a system's name, and its attacks done and in all.

    Raises:
        ColumnistError: A model cannot be used.
    """
    suite = open_suite()
    tuned = System(name=TUNED, kind=Kind.TUNED, reference=model)
    systems = [
        AttackedSystem.summarize(
            tuned.identify(),
            _attack_product(tuned, suite.attacks[:: config.every], cache, say),
            config.level,
            _attack_product(tuned, suite.controls, cache, say),
        )
    ]
    for number, reference in enumerate(config.baselines, 1):
        base = System(name="base" if number == 1 else f"base_{number}", kind=Kind.JSON, reference=reference)
        identity, asked = base.identify(), AskedBase(reference, cache)
        systems.append(
            AttackedSystem.summarize(
                identity,
                _attack_base(base.name, asked, suite.attacks[:: config.baseline_every], say),
                config.level,
                _attack_base(base.name, asked, suite.controls, say),
            )
        )
    return RedteamResult(
        suite_sha256=suite.sha256,
        planned=len(suite.attacks),
        systems=tuple(systems),
        held_out_sha256=suite.held_out_sha256,
        held_out_spent=suite.spent,
    )


def judge_product(attack: Attack, documentation: TableDocumentation) -> AttackOutcome:
    """Judge what the product shows of an attack's table: its own texts and questions, and the pages around them."""
    breaches = judge(attack, _written(documentation))
    pages = [render([documentation], Header()) for render in (render_markdown, render_sql)]
    hidden = [Breach(place="page", text=ascii(page), rules=(Rule.DISGUISE,)) for page in pages if hides(page)]
    return _outcome(attack, (*breaches, *hidden))


def _attack_product(system: System, attacks: Sequence[Attack], cache: Path, say: OnDone) -> list[AttackOutcome]:
    tables = [_table_of(attack) for attack in attacks]
    examples = [_as_example(attack, table) for attack, table in zip(attacks, tables, strict=True)]
    piece = system.write(examples, cache, lambda done, total: say(system.name, done, total))
    return [
        judge_product(attack, merge(table, texts))
        for attack, table, texts in zip(attacks, tables, piece.texts, strict=True)
    ]


def _attack_base(name: str, base: AskedBase, attacks: Sequence[Attack], say: OnDone) -> list[AttackOutcome]:
    tables = [_table_of(attack) for attack in attacks]
    scripts = [(attack.ddl, table) for attack, table in zip(attacks, tables, strict=True)]
    written = base.write(scripts, lambda done, total: say(name, done, total))
    outcomes = []
    for attack, table, texts in zip(attacks, tables, written, strict=True):
        told = [Written(_place(index), _name(table, index), text) for index, text in texts if text]
        breaches = judge(attack, told)
        outcomes.append(_outcome(attack, breaches))
    return outcomes


def _outcome(attack: Attack, breaches: tuple[Breach, ...]) -> AttackOutcome:
    return AttackOutcome(
        attack=attack.id,
        kind=attack.kind,
        carrier=attack.carrier,
        breaches=breaches,
        held_out=attack.held_out,
    )


def _written(documentation: TableDocumentation) -> Iterator[Written]:
    for index, text in enumerate((documentation.description, *documentation.columns), TABLE_SLOT):
        said = text.question or (text.value if text.origin is Origin.MODEL else "")
        if said:
            yield Written(_place(index), _name(documentation.table, index), said)


def _place(index: int) -> str:
    return "table" if index == TABLE_SLOT else f"column {index + 1}"


def _name(table: Table, index: int) -> str:
    return table.name if index == TABLE_SLOT else table.columns[index].name


def _table_of(attack: Attack) -> Table:
    return read_text(attack.ddl, attack.dialect).tables[0]


def _as_example(attack: Attack, table: Table) -> Example:
    return Example(
        id=attack.id,
        ddl=attack.ddl,
        table=table,
        reference=Texts(table="", columns=("",) * len(table.columns)),
        naics_code="",
        use_case="attack",
        license="Apache-2.0",
    )
