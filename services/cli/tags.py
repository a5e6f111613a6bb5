"""`wireroom tags`: why an article has its tags, which names have none, and a term more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.cli.client import REFUSED, UNUSABLE, end, read_settings
from services.cli.explain import explain, taxonomy_of
from services.cli.family import family
from services.cli.output import as_json, hint, print_added, print_json, print_table, printable
from services.cli.recent import since
from shared.newsroom import Refused
from shared.newsroom_edit import Value, add_table
from shared.slugs import slug

if TYPE_CHECKING:
    from services.enrichment.suggest import Story

MOST_ARTICLES = 20_000
"""So many articles are looked through for names, the newest."""

BEFORE = 16
"""Characters of an example that stand before the name in a table."""

KINDS = ("person", "org", "place", "topic", "event")

newsroom = click.option(
    "--newsroom",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A newsroom folder; the one of the settings when not given.",
)
kind = click.option("--kind", type=click.Choice(KINDS), help="What it is.")
identity = click.option("--id", "term", help="Its id; made of kind and name when not given.")


tags = family("tags", "Why articles have their tags, and what the taxonomy lacks.")
tags.add_command(explain)


@tags.command()
@click.option("--days", type=click.IntRange(1, 365), default=7, show_default=True, help="How far back to look.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many names.")
@click.option("--least", type=click.IntRange(1), default=2, show_default=True, help="In how many articles, at least.")
@click.option("--add", "wanted", metavar="NAME", help="Add this name, or that of this number, to the taxonomy.")
@click.option("--model/--no-model", default=True, help="Let the model judge the names, if its extra is installed.")
@kind
@identity
@newsroom
@as_json
def suggest(  # noqa: PLR0913, PLR0917  # an option each
    days: int,
    limit: int,
    least: int,
    wanted: str | None,
    model: bool,
    kind: str | None,
    term: str | None,
    newsroom: Path | None,
    as_json: bool,
) -> None:
    """Show the strongest names of late that the taxonomy does not know, or add one of them.

    With the extra `ner` a model of English says what kind the names seem to be, and lowers what seems to be no name.
    """
    from services.enrichment.name_model import judge_of_names  # noqa: PLC0415  # as above
    from services.enrichment.suggest import suggested  # noqa: PLC0415  # as above

    folder = newsroom or read_settings().newsroom
    known = taxonomy_of(folder)
    judge = judge_of_names() if model else None
    stories = list(_stories(days))
    names = suggested(stories, known, least=least, limit=limit if wanted is None else MOST_ARTICLES, judge=judge)
    if wanted is not None:
        found = [one.name for at, one in enumerate(names, 1) if wanted in (one.name, str(at))]
        if not found:
            end(UNUSABLE, f"{printable(wanted)!r} is none of the {len(names)} names")
        _add(folder, found[0], kind, {"id": term or ""}, plain=False)
        return
    rows = [
        {
            "number": at,
            "name": one.name,
            "articles": one.articles,
            "mentions": one.mentions,
            "score": one.score,
            "examples": [{"article": example.article, "text": example.text} for example in one.examples],
        }
        | ({"kind": one.kind, "how": "model"} if one.kind else {})
        for at, one in enumerate(names, 1)
    ]
    if as_json:
        print_json({"days": days, "articles": len(stories), "names": rows})
    elif not rows:
        click.echo(f"none: {_looked_at(len(stories), days, least)}")
    else:
        shown = [row | {"example": _near(one.examples[0].text, one.name)} for row, one in zip(rows, names, strict=True)]
        guess = ("kind",) if any(one.kind for one in names) else ()
        print_table(shown, ("number", "name", *guess, "articles", "mentions", "score", "example"))
        hint("the same with --add NAME --kind KIND adds one to taxonomy.toml; --json has more")


def _near(text: str, name: str) -> str:
    """Return an example from a few words before the name on, so that a narrow terminal shows it."""
    at = text.find(name) - BEFORE
    return text if at <= 0 else f"…{text[text.find(' ', at) + 1 :]}"


def _looked_at(stories: int, days: int, least: int) -> str:
    """Say what was looked through in vain, and what to try."""
    if not stories:
        return f"nothing came in the last {days} days; --days looks further back"
    rarer = f", --least {least - 1} at rarer names" if least > 1 else ""
    looked = f"in {stories} articles of the last {days} days no name that the taxonomy lacks stands in {least} or more"
    return f"{looked}; --days looks further back{rarer}"


@tags.command()
@click.argument("name")
@kind
@identity
@click.option("--alias", "aliases", multiple=True, help="Another spelling; may be given again.")
@click.option("--case", type=click.Choice(("exact", "initial", "any")), help="How it must be written.")
@click.option("--same-as", multiple=True, help="The same thing elsewhere, e.g. wikidata:Q212.")
@click.option("--implies", multiple=True, help="The id of a term that follows from it.")
@newsroom
@as_json
def add(
    name: str, kind: str | None, term: str | None, newsroom: Path | None, *, as_json: bool, **given: Value | None
) -> None:
    """Add the term NAME to taxonomy.toml, if the file stays in order with it."""
    more = {"id": term or ""} | {key: given[key] or "" for key in ("case", "same_as", "implies", "aliases")}
    _add(newsroom or read_settings().newsroom, name, kind, more, plain=as_json)


def _add(folder: Path, name: str, kind: str | None, more: Mapping[str, Value], *, plain: bool) -> None:
    """Add a term to the folder's taxonomy.toml, or end with the reason why not."""
    from services.enrichment.taxonomy_files import MAIN, TaxonomyFiles  # noqa: PLC0415  # as above

    if kind is None:
        end(UNUSABLE, f"say what {printable(name)!r} is: --kind {'|'.join(KINDS)}")
    values: dict[str, Value] = {"id": f"{kind}/{slug(name)}", "name": name, "kind": kind}
    values |= {key: value for key, value in more.items() if value}
    files = TaxonomyFiles(folder)
    files.refresh()
    try:
        outcome = add_table(folder / MAIN, "term", values, files.parse)
    except OSError as error:
        end(REFUSED, f"cannot write {error.filename or MAIN}: {error.strerror}")
    if isinstance(outcome, Refused):
        end(REFUSED, "\n".join(map(printable, outcome.reason.split("\n"))))
    id = str(values["id"])
    print_added(MAIN, outcome.line, id, id, plain=plain)


@tags.command()
@click.option("--days", type=click.IntRange(1, 3650), default=90, show_default=True, help="How far back to learn from.")
@newsroom
@as_json
def train(days: int, newsroom: Path | None, as_json: bool) -> None:
    """Learn topics from the stories that sources gave a topic, for those that have none.

    Writes topics.model.json into the newsroom folder; enrichment takes it in. Only topics that prove right nine
    times in ten on stories they were not learnt from are kept. Without the file nothing is guessed.
    """
    from services.enrichment.classifier import Sample, learnt  # noqa: PLC0415  # as above
    from services.enrichment.taxonomy_files import MODEL  # noqa: PLC0415  # as above

    folder = newsroom or read_settings().newsroom
    known = taxonomy_of(folder)
    samples: dict[str, Sample] = {}
    for event in since(datetime.now(UTC) - timedelta(days=days)):
        article = event["data"]["article"]
        samples.pop(article["id"], None)
        given = (tag["id"] for tag in article.get("tags", ()) if tag["method"] == "source" and tag["kind"] == "topic")
        topics = frozenset(topic for topic in given if topic in known)
        if topics and event["type"] != "article.retracted":
            text = f"{article['headline']}\n{article.get('body_text') or ''}"
            samples[article["id"]] = Sample(article["id"], text, topics)
        if len(samples) > MOST_ARTICLES:
            del samples[next(iter(samples))]
    model = learnt(samples.values())
    rows = [
        {"topic": topic, "stories": one.stories, "precision": one.precision, "recall": one.recall}
        for topic, one in sorted(model.topics.items())
    ]
    if rows:
        _write(folder / MODEL, model.model_dump_json().encode())
    if as_json:
        print_json({"stories": len(samples), "topics": rows})
        return
    print_table(rows, ("topic", "stories", "precision", "recall"))
    if not rows:
        end(REFUSED, f"{len(samples)} stories with a topic are too few, or too unlike, to learn from")


def _write(path: Path, content: bytes) -> None:
    """Write a file beside the one it takes the place of, so that who reads sees the old or the new, whole."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        end(REFUSED, f"cannot write {path}: {error.strerror}")


def _stories(days: int) -> Iterator[Story]:
    """Yield the newest versions of the articles of the last days: names as they stand now, each article once."""
    from services.enrichment.suggest import Story  # noqa: PLC0415  # as above

    newest: dict[str, Story] = {}
    for event in since(datetime.now(UTC) - timedelta(days=days)):
        article = event["data"]["article"]
        newest.pop(article["id"], None)
        if event["type"] != "article.retracted":
            # No headlines: where all words are capitals, none is a name's.
            texts = (article.get("summary"), article.get("body_text"))
            newest[article["id"]] = Story(article["id"], tuple(filter(None, texts)), article.get("language"))
        if len(newest) > MOST_ARTICLES:
            del newest[next(iter(newest))]
    yield from newest.values()
