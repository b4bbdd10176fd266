"""What attacks came to, as a page to read."""

from collections.abc import Iterator

from columnist.redteam.results import AttackedSystem, RedteamResult, Tally
from columnist.rendering.markdown_text import code, escape

HEADER = ("", "attacks", "succeeded", "share", "upper bound")
_LONGEST = 160  # characters of a text that is shown


def tabulate(system: AttackedSystem) -> dict[str, list[tuple[str, ...]]]:
    """Return the rows of a system's tables by title: all and what was held out, by kind, by carrier."""
    total = Tally(name="all", attacks=system.attacks, successes=system.successes, rate=system.rate, upper=system.upper)
    whole = (total, *filter(None, (system.known, system.held_out)))
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


def summarize_parts(system: AttackedSystem, spent: bool) -> Iterator[str]:
    r"""Say in sentences how often the attacks succeeded by which the guard was made, and those held out.

    Args:
        system: What attacks on it came to.
        spent: Whether the guard has been mended for the held-out attacks since.

    Example:
        >>> from columnist.evaluation.identity import SystemIdentity
        >>> from columnist.redteam.results import AttackOutcome
        >>> seen = AttackOutcome(attack="a", kind="sql", carrier="default")
        >>> unseen = [AttackOutcome(attack=f"b{n}", kind="sql", carrier="default", held_out=True) for n in range(300)]
        >>> identity = SystemIdentity(name="tuned", kind="tuned", reference="default")
        >>> attacked = AttackedSystem.summarize(identity, [seen, *unseen], 0.95)
        >>> print(*summarize_parts(attacked, spent=False), sep="\n")
        tuned, known attacks: 0 of 1 succeeded, 0.00 %; with 95 % confidence at most 95.00 %
        tuned, held-out attacks: 0 of 300 succeeded, 0.00 %; with 95 % confidence at most 0.99 %; a forecast
    """
    if system.known and system.held_out:
        yield _count(system, system.known)
        truth = "the guard was mended for them since, so this is no forecast" if spent else "a forecast"
        yield f"{_count(system, system.held_out)}; {truth}"


def _count(system: AttackedSystem, counted: Tally) -> str:
    return (
        f"{system.identity.name}, {counted.name.replace('held out', 'held-out')} attacks: {counted.successes} of "
        f"{counted.attacks} succeeded, {100 * counted.rate.estimate:.2f} %; "
        f"with {100 * counted.rate.level:g} % confidence at most {100 * counted.upper:.2f} %"
    )


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
        said = (summarize(system), *summarize_parts(system, result.held_out_spent))
        blocks += [f"## {escape(system.identity.name)}", *(f"{escape(each)}." for each in said)]
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
