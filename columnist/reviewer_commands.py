"""The commands below ``run.py reviewer``: who may sign in to the reviewer's pages."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from columnist.reviewers.accounts import Accounts


@click.group()
def reviewer() -> None:
    """Manage the accounts of those who approve versions in the browser: run.py serve, then /review.

    \b
    Example: python run.py reviewer add Ada
    """


def _options(function: Callable[..., None]) -> Callable[..., None]:
    return click.option(
        "--database", metavar="URL", help="sqlite:///FILE or postgresql://...; the home's if left out."
    )(function)


_password_file = click.option(
    "--password-file",
    type=click.File("r", encoding="utf-8"),
    metavar="FILE",
    help="Read the password from the first line of FILE, - for standard input; asked for if left out.",
)


@reviewer.command()
@click.argument("name")
@_password_file
@_options
def add(name: str, password_file: TextIO | None, database: str | None) -> None:
    """Add an account for NAME, with which approvals are signed; a password has 12 characters or more.

    \b
    Example: python run.py reviewer add Ada
    """
    accounts = _open(database)
    from columnist.reviewers.accounts import check_name

    plain = check_name(name)  # before anybody types a password in vain
    added = accounts.add(plain, _read_password(password_file), datetime.now(UTC))
    click.echo(f"{added.name} can sign in at /review; serve the pages: run.py serve")


@reviewer.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_options
def list_(as_json: bool, database: str | None) -> None:
    """List the accounts.

    \b
    Example: python run.py reviewer list
    """
    found = _open(database).list()
    if as_json:
        import json

        click.echo(json.dumps([each.model_dump() for each in found], indent=2, ensure_ascii=False))
    elif not found:
        click.echo("there are no reviewers yet; add one: run.py reviewer add NAME")
    else:
        for each in found:
            last = f"signed in {_shorten(each.signed_in_at)}" if each.signed_in_at else "has never signed in"
            click.echo(f"{each.name}  added {_shorten(each.created_at)}  {last}")


@reviewer.command()
@click.argument("name")
@_options
def remove(name: str, database: str | None) -> None:
    """Remove the account of NAME and sign its browsers out; what was approved with it stays.

    \b
    Example: python run.py reviewer remove Ada
    """
    click.echo(f"{_open(database).remove(name).name} cannot sign in any more")


@reviewer.command()
@click.argument("name")
@_password_file
@_options
def password(name: str, password_file: TextIO | None, database: str | None) -> None:
    """Give NAME another password and sign its browsers out.

    \b
    Example: python run.py reviewer password Ada
    """
    changed = _open(database).set_password(name, _read_password(password_file))
    click.echo(f"the password of {changed.name} is changed, and its browsers are signed out")


def _open(database: str | None) -> "Accounts":
    from columnist.reviewers.accounts import Accounts
    from columnist.studies.storage import open_storage

    return Accounts(open_storage(database).engine)


def _read_password(file: TextIO | None) -> str:
    if file is not None:
        return file.readline().rstrip("\r\n")
    typed: Any = click.prompt("Password (12 characters or more)", hide_input=True, confirmation_prompt=True)
    return str(typed)


def _shorten(time: str) -> str:
    return f"{time[:16].replace('T', ' ')} UTC"
