"""The commands are one family: the same verbs in every group, and help that says all of what each does."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from services.cli import main


def verbs(group: str) -> set[str]:
    found = main.commands[group]
    assert isinstance(found, click.Group)
    return {name for name, one in found.commands.items() if not one.hidden}


def test_what_is_listed_is_shown_and_deleted_by_the_same_verbs() -> None:
    for group in ("sources", "subscriptions", "consumers", "dead-letters"):
        assert {"list", "show", "delete"} <= verbs(group), group
    assert {"list", "add", "delete"} <= verbs("private-feeds")
    assert {"show", "push"} <= verbs("articles")


@pytest.mark.parametrize(("group", "once"), [("private-feeds", "revoke"), ("articles", "get")])
def test_what_a_command_was_called_before_still_calls_it(group: str, once: str) -> None:
    assert once not in verbs(group)
    assert CliRunner().invoke(main, [group, once, "--help"]).exit_code == 0


@pytest.mark.parametrize("group", ["", *(name for name, one in main.commands.items() if isinstance(one, click.Group))])
def test_help_cuts_no_sentence(group: str) -> None:
    told = CliRunner().invoke(main, [*filter(None, [group]), "--help"], terminal_width=80).stdout
    assert "..." not in told.partition("Commands:")[2]
