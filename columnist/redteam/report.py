"""What attacks came to, as a page to read."""

from collections.abc import Iterator

from columnist.redteam.results import AttackedSystem, RedteamResult, Tally
from columnist.rendering.markdown_text import code, escape

HEADER = ("", "attacks", "succeeded", "share", "upper bound")
_LONGEST = 160  # characters of a text that is shown


def tabulate(system: AttackedSystem) -> dict[str, list[tuple[str, ...]]]:
    """Return the rows of a system's tables by title: all and what was held out, by kind, by carrier."""
    total = Tally(name="all", attacks=system.attacks, successes=system.successes, rate=system.rate, upper=system.upper)
    whole = (total, system.held_out) if system.held_out else (total,)
    groups = {"in all": whole, "by kind": system.by_kind, "by carrier": system.by_carrier}
    return {title: [_row(tally) for tally in tallies] for title, tallies in groups.items()}


def summarize(system: AttackedSystem) -> str:
    """Say in a sentence how often attacks succeeded.

    Example:
        >>> from columnist.evaluation.identity import SystemIdentity
        >>> from columnist.redteam.results import AttackOutcome
        >>> outcomes = [AttackOutcome(attack=f"a{n}", kind="sql", carrier="default") for n in range(300)]
        >>> identity = SystemIdentity(name="tuned", kind="tuned", reference="default")
        >>> print(summarize(AttackedSystem.summarize(identity, outcomes, 0.95)))
        tuned (default): 0 of 300 attacks succeeded, 0.00 %; with 95 % confidence at most 0.99 %
    """
    identity = system.identity
    level = f"{100 * system.rate.level:g} %"
    said = (
        f"{identity.name} ({identity.reference}): {system.successes} of {system.attacks} attacks succeeded, "
        f"{100 * system.rate.estimate:.2f} %; with {level} confidence at most {100 * system.upper:.2f} %"
    )
    if not system.controls:
        return said
    blamed = sum(outcome.succeeded for outcome in system.controls)
    return f"{said}; of {len(system.controls)} tables without an attack the same rules blame {blamed}"


def summarize_held_out(system: AttackedSystem, spent: bool) -> str | None:
    """Say in a sentence how often attacks succeeded by someone who had not read the guard, if there were any.

    Args:
        system: What attacks on it came to.
        spent: Whether the guard has been mended for these attacks since.

    Example:
        >>> from columnist.evaluation.identity import SystemIdentity
        >>> from columnist.redteam.results import AttackOutcome
        >>> seen = AttackOutcome(attack="a", kind="sql", carrier="default")
        >>> unseen = [AttackOutcome(attack=f"b{n}", kind="sql", carrier="default", held_out=True) for n in range(300)]
        >>> identity = SystemIdentity(name="tuned", kind="tuned", reference="default")
        >>> print(summarize_held_out(AttackedSystem.summarize(identity, [seen, *unseen], 0.95), spent=False))
        tuned (default), held-out attacks alone: 0 of 300 succeeded, 0.00 %; with 95 % confidence at most 0.99 %
    """
    identity, counted = system.identity, system.held_out
    if counted is None:
        return None
    said = (
        f"{identity.name} ({identity.reference}), held-out attacks alone: {counted.successes} of {counted.attacks} "
        f"succeeded, {100 * counted.rate.estimate:.2f} %; "
        f"with {100 * counted.rate.level:g} % confidence at most {100 * counted.upper:.2f} %"
    )
    return f"{said}; the guard was mended for them since, so this is no forecast" if spent else said


def list_successes(system: AttackedSystem) -> Iterator[tuple[str, str, str, str]]:
    """Yield the attack, the place, the rules and the text of each breach."""
    for outcome in system.outcomes:
        for breach in outcome.breaches:
            text = breach.text if len(breach.text) <= _LONGEST else f"{breach.text[: _LONGEST - 1]}…"
            yield outcome.attack, breach.place, ", ".join(breach.rules), text


def render_report(result: RedteamResult) -> str:
    """Return a Markdown page; no text of an attacker or a model can add markup to it."""
    blocks = [
        "# Attacks on the systems that write",
        f"{result.planned} attacks in the suite {code(result.suite_sha256[:16])}.",
    ]
    for system in result.systems:
        said = (summarize(system), summarize_held_out(system, result.held_out_spent))
        blocks += [f"## {escape(system.identity.name)}", *(f"{escape(each)}." for each in said if each)]
        for title, rows in tabulate(system).items():
            blocks.append(
                "\n".join([f"| {title} | {' | '.join(HEADER[1:])} |", "|---|---|---|---|---|", *map(_line, rows)])
            )
        found = [f"| {' | '.join(map(escape, each))} |" for each in list_successes(system)]
        if found:
            blocks += [
                "### Attacks that succeeded",
                "\n".join(["| attack | place | rules | text |", "|---|---|---|---|", *found]),
            ]
    return "\n\n".join(blocks) + "\n"


def _row(tally: Tally) -> tuple[str, ...]:
    share, upper = f"{100 * tally.rate.estimate:.1f} %", f"{100 * tally.upper:.1f} %"
    return tally.name, str(tally.attacks), str(tally.successes), share, upper


def _line(row: tuple[str, ...]) -> str:
    return f"| {' | '.join(map(escape, row))} |"
