"""`wireroom up`, `token` and `check`: what works on this machine's own settings and files."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from services import NAMES
from services.cli.client import REFUSED, admin_token, end, read_settings
from services.cli.output import as_json, print_json
from shared.collector import hold
from shared.settings import Settings

SETTLING_SECONDS = 1.0


@click.command()
@click.argument("which", type=click.Choice(["all", *NAMES]), default="all")
@click.option("--json", "as_json", is_flag=True, help="Write the log as JSON, on a terminal too.")
def up(which: str, *, as_json: bool) -> None:
    """Run the services until Ctrl-C: all, or one."""
    hold()
    # The services take most of a second to load, and no other command needs them.
    import uvloop  # noqa: PLC0415

    from services.all_in_one import run  # noqa: PLC0415
    from shared.embedded import EmbeddedError  # noqa: PLC0415
    from shared.web import PortInUseError  # noqa: PLC0415

    chosen = read_settings()
    chosen = replace(chosen, log_format="json") if as_json else chosen
    if which != "all" and chosen.redis_url is None:
        end(REFUSED, "WIREROOM_REDIS_URL: a single service needs the Redis it shares with the others")

    def ready(token: str, made: bool) -> None:
        _when_seen(chosen, which, token if made else None)

    try:
        uvloop.run(run(chosen, NAMES if which == "all" else (which,), ready))
    except (PortInUseError, EmbeddedError) as error:
        end(REFUSED, str(error))
    except OSError as error:
        end(REFUSED, f"cannot use {error.filename or chosen.data_dir}: {error.strerror}")


def _when_seen(chosen: Settings, which: str, made: str | None) -> None:
    """Greet at once; on a terminal, once the log of the first stories has run past, which would carry it away."""
    if sys.stderr.isatty():
        asyncio.get_running_loop().call_later(SETTLING_SECONDS, _greet, chosen, which, made)
    elif chosen.log_format == "json":
        _log(chosen, which, made)  # who collects lines of JSON expects nothing else, on neither output
    else:
        _greet(chosen, which, made)


def _greet(chosen: Settings, which: str, made: str | None) -> None:
    """Say where everything is, on stderr: stdout is for the log."""
    if made is not None and sys.stderr.isatty():
        click.echo(f"\nAdmin token, shown once and kept in {_place(chosen)}:\n  {made}", err=True)
    elif made is not None:
        click.echo(f"\nAn admin token was made and is kept in {_place(chosen)}", err=True)
    if which != "all":
        return
    click.echo("\nWireroom is up; Ctrl-C stops it.\n", err=True)
    for name, address, more in _addresses(chosen.public_url):
        click.echo(f"  {name:<8} {address}{more}", err=True)
    click.echo("  token    export WIREROOM_ADMIN_TOKEN=$(wireroom token)\n", err=True)


def _log(chosen: Settings, which: str, made: str | None) -> None:
    import structlog  # noqa: PLC0415  # as above

    log = structlog.get_logger()
    if made is not None:
        log.info("token.made", kept=str(_place(chosen)))
    if which == "all":
        log.info("services.ready", **{name.lower(): address for name, address, _ in _addresses(chosen.public_url)})


def _place(chosen: Settings) -> Path:
    from shared.auth import TOKEN_FILE  # noqa: PLC0415  # as above

    return chosen.data_dir / TOKEN_FILE


def _addresses(url: str) -> Sequence[tuple[str, str, str]]:
    """Return what is where, with what people are told beside it."""
    return (
        ("page", f"{url}/", ""),
        ("feeds", f"{url}/feeds/all.rss", f"  (all of them: {url}/feeds)"),
        ("events", f"{url}/events/stream", ""),
        ("console", f"{url}/console", "  (for who has the token)"),
        ("portal", f"{url}/portal", "  (for developers, with a consumer's key)"),
        ("API", f"{url}/api/v1", f"  (documented at {url}/docs)"),
        ("health", f"{url}/readyz", f"  (figures at {url}/metrics)"),
    )


@click.command()
@as_json
def token(as_json: bool) -> None:
    """Print the admin token that is in force."""
    found = admin_token()
    if found is None:
        folder = read_settings().data_dir
        end(REFUSED, f"no token is kept in {folder}: `wireroom up` makes one there, or set WIREROOM_ADMIN_TOKEN")
    if as_json:
        print_json({"token": found})
    else:
        click.echo(found)


@click.command()
@as_json
def check(as_json: bool) -> None:
    """Check the newsroom's files, before they count."""
    from services.newsroom_check import FILES, Findings, findings  # noqa: PLC0415  # as above

    folder = read_settings().newsroom
    there = [name for name in FILES if (folder / name).exists()]
    nothing = f"{folder}: there is no {', no '.join(FILES)} here"
    if not there and not as_json:
        end(REFUSED, nothing)
    found = findings(folder) if there else Findings((nothing,), ())
    if as_json:
        print_json({"folder": str(folder), "files": there, "wrong": found.wrong, "warnings": found.doubtful})
        sys.exit(REFUSED if found.wrong else 0)
    for reason in (*(f"warning: {doubt}" for doubt in found.doubtful), *found.wrong):
        click.echo(reason, err=True)
    if found.wrong:
        sys.exit(REFUSED)
    click.echo(f"{folder}: {', '.join(there)} in order")
