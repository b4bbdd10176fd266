"""The command ``run.py serve``: the pages on which raters compare texts, and those of reviewers."""

import click

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen on.")
@click.option("--database", metavar="URL", help="sqlite:///FILE or postgresql://...; the home's if left out.")
def serve(host: str, port: int, database: str | None) -> None:
    """Serve the pages of studies until interrupted; a rater's link comes from: run.py study invite.

    Reviewers sign in at /review with an account from: run.py reviewer add.

    The server itself speaks plain http. For raters elsewhere, put a proxy with https before it, on this machine.

    \b
    Example: python run.py serve --port 8000
    """
    from datetime import UTC, datetime

    from columnist.home import Home
    from columnist.reviewers.accounts import Accounts
    from columnist.reviewers.clerk import ProcessClerk
    from columnist.reviewers.sessions import ReviewerSessions
    from columnist.studies.storage import open_storage
    from webapp.app import create_app, read_secret
    from webapp.app import serve as run_server
    from webapp.review.routes import make_router
    from webapp.review.sessions import Office

    if host not in _LOOPBACK:
        click.echo(f"links and cookies cross the network in the clear unless https ends before {host}", err=True)
    storage = open_storage(database)
    storage.visits.forget_expired(datetime.now(UTC))
    clerk = ProcessClerk(database)
    office = Office.open(Accounts(storage.engine), ReviewerSessions(storage.engine), clerk)
    app = create_app(storage, read_secret(Home.find().folder / "webapp.key"), routers=[make_router(office)])
    try:
        run_server(app, host, port, lambda: click.echo(_tell_address(host, port)))
    finally:
        clerk.close()


def _tell_address(host: str, port: int) -> str:
    """Return where to go, for people.

    Example:
        >>> _tell_address("::1", 8001).partition(": ")[0]
        'http://[::1]:8001'
    """
    site = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    return (
        f"{site}: raters come by their links ({site}/r/...), made with: run.py study invite --site {site}; "
        f"reviewers come to {site}/review"
    )
