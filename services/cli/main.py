"""`wireroom` and its commands; what each does is in the modules beside this one."""

from __future__ import annotations

import click

from services.cli import (
    authors,
    finding,
    listen,
    re_enrich,
    replaying,
    resources,
    showing,
    status,
    subscribing,
    tags,
    tailing,
    up,
)
from services.cli.family import Family


@click.group(cls=Family, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="wireroom", message="%(prog)s %(version)s")
def main() -> None:
    """Wireroom: news in from anywhere, out as feeds and signed webhooks.

    Settings are WIREROOM_… variables. Commands that talk to a running Wireroom use WIREROOM_URL
    (http://127.0.0.1:8000) and WIREROOM_ADMIN_TOKEN, or the token kept in the data folder.

    Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 nobody answers.
    """


for command in (
    up.up,
    up.token,
    up.check,
    listen.listen,
    re_enrich.re_enrich,
    replaying.replay,
    status.status,
    tailing.tail,
    showing.sources,
    subscribing.articles,
    finding.import_opml,
    finding.export_opml,
    tags.tags,
    authors.authors,
    subscribing.subscriptions,
    resources.consumers,
    resources.private_feeds,
    resources.dead_letters,
):
    main.add_command(command)
