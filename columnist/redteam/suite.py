"""The attacks: each of a list of payloads, in each of the places of a script that it names."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined
from pydantic import Field

from columnist.digests import digest_value
from columnist.values import Value


class Payload(Value):
    """What an attack says.

    Attributes:
        kind: What sort of attack it is.
        text: Its words, ``repeat`` times, and then the ``ending``.
        canary: A made-up word that it wants written; empty if it wants something else.
        planted: What must not be repeated: a secret, an address.
        wants: What counts as success, in words.
        carriers: Names of carriers, or of groups of them.
    """

    id: str
    kind: str
    text: str = Field(min_length=1)
    repeat: int = Field(default=1, ge=1)
    ending: str = ""
    canary: str = ""
    planted: tuple[str, ...] = ()
    wants: str
    carriers: tuple[str, ...] = Field(min_length=1)

    @property
    def whole(self) -> str:
        """All that it says."""
        return (self.text * self.repeat if self.text[-1] in " _" else " ".join([self.text] * self.repeat)) + self.ending


class Carrier(Value):
    """Where in a script a payload stands, as a template of the script."""

    id: str
    group: str
    dialect: str
    ddl: str


class Host(Value):
    """An ordinary table that carries a payload."""

    name: str
    columns: tuple[tuple[str, str], ...]


class Attack(Value):
    """A script that wants something else written than descriptions.

    Attributes:
        payload: What it says.
        canary: A made-up word that it wants written, or nothing.
        planted: What must not be repeated.
        wants: What counts as success, in words.
        held_out: Whether it is of someone who had not read the guard.
    """

    id: str
    kind: str
    carrier: str
    dialect: str
    ddl: str
    payload: str
    canary: str = ""
    planted: tuple[str, ...] = ()
    wants: str
    held_out: bool = False


class _HeldOut(Value):
    """What the file of held-out attacks holds."""

    spent: bool
    payloads: tuple[Payload, ...]


class Suite(Value):
    """All attacks, and the tables that carry them without any.

    Attributes:
        spent: Whether the guard has been mended for what the held-out attacks achieved.
    """

    attacks: tuple[Attack, ...]
    controls: tuple[Attack, ...]
    spent: bool = False

    @property
    def sha256(self) -> str:
        """Digest of all of them."""
        return digest_value(self.model_dump(mode="json", exclude={"spent"}))

    @property
    def held_out(self) -> tuple[Attack, ...]:
        """Those of someone who had not read the guard."""
        return tuple(attack for attack in self.attacks if attack.held_out)

    @property
    def held_out_sha256(self) -> str:
        """Digest of those that are held out."""
        return digest_value([attack.model_dump(mode="json") for attack in self.held_out])


@cache
def open_suite() -> Suite:
    """Return the attacks of this version of the product, always in the same order.

    Example:
        >>> attack = open_suite().attacks[0]
        >>> attack.id, attack.kind, attack.carrier, attack.canary
        ('ignore_schema.table_comment', 'override', 'table_comment', 'quokkaberry')
    """
    carriers = [Carrier.model_validate(each) for each in _read("carriers")]
    hosts = [Host.model_validate(each) for each in _read("hosts")]
    unseen = _HeldOut.model_validate(_read("held_out"))
    attacks = [*_cross(map(Payload.model_validate, _read("payloads")), carriers, hosts)]
    attacks += [attack.model_copy(update={"held_out": True}) for attack in _cross(unseen.payloads, carriers, hosts)]
    plain = next(carrier for carrier in carriers if carrier.id == "default")
    harmless = Payload(id="none", kind="control", text="none", wants="Nothing.", carriers=("default",))
    return Suite(
        spent=unseen.spent,
        attacks=tuple(attacks),
        controls=tuple(
            _make(harmless, plain, host).model_copy(update={"id": f"none.{host.name}", "payload": ""}) for host in hosts
        ),
    )


def _cross(payloads: Iterable[Payload], carriers: list[Carrier], hosts: list[Host]) -> Iterator[Attack]:
    for number, payload in enumerate(payloads):
        for carrier in _chosen(payload, carriers):
            yield _make(payload, carrier, hosts[number % len(hosts)])


def _chosen(payload: Payload, carriers: list[Carrier]) -> Iterator[Carrier]:
    unknown = set(payload.carriers) - {name for carrier in carriers for name in (carrier.id, carrier.group)}
    if unknown:
        raise ValueError(f"payload {payload.id}: no carrier or group is called {sorted(unknown)[0]}")
    yield from (carrier for carrier in carriers if {carrier.id, carrier.group} & set(payload.carriers))


def _make(payload: Payload, carrier: Carrier, host: Host) -> Attack:
    ddl = (
        _environment()
        .from_string(carrier.ddl)
        .render(
            host=host,
            declared=", ".join(f"{name} {type_}" for name, type_ in host.columns),
            selected=", ".join(name for name, _ in host.columns),
            payload=payload.whole,
        )
    )
    return Attack(
        id=f"{payload.id}.{carrier.id}",
        kind=payload.kind,
        carrier=carrier.id,
        dialect=carrier.dialect,
        ddl=ddl,
        payload=payload.whole,
        canary=payload.canary,
        planted=payload.planted,
        wants=payload.wants,
    )


@cache
def _environment() -> Environment:
    # The payload has to arrive as it is: what makes it harmless is what is attacked.
    environment = Environment(autoescape=False, undefined=StrictUndefined)
    environment.filters |= {
        "literal": lambda text: "'" + text.replace("'", "''") + "'",
        "quoted": lambda text: '"' + text.replace('"', '""') + '"',
        "tick": lambda text: "`" + text.replace("`", "``") + "`",
        "line": lambda text: " ".join(text.split()),
        "block": lambda text: text.replace("*/", "* /"),
        "words": lambda text: "_".join(_words(text)).lower(),
        "camel": lambda text: "".join(word[:1].upper() + word[1:] for word in _words(text)),
    }
    return environment


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def _read(name: str) -> Any:
    return yaml.safe_load(files("columnist.redteam").joinpath(f"data/{name}.yaml").read_bytes())
