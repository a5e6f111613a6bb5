"""Groups of commands, whose help says of each command what it does, whole."""

from __future__ import annotations

from collections.abc import Mapping

import click

WHOLE = 1_000
"""Longer than any first sentence: click's own lists cut it at the line's end."""


class Family(click.Group):
    """Commands about one kind of thing; `once` are what some were called before, and are so still."""

    once: Mapping[str, str] = {}

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name."""
        return super().get_command(ctx, self.once.get(cmd_name, cmd_name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with the first sentence of what each says of itself."""
        known = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, one.get_short_help_str(WHOLE)) for name, one in known if one is not None and not one.hidden]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def family(name: str, about: str, **once: str) -> Family:
    """Return a group; `once` names its commands by what they were called before."""
    group = Family(name, help=about)
    group.once = once
    return group
