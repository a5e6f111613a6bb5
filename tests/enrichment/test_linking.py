from __future__ import annotations

import tomllib

from services.enrichment.authors import AuthorBook, parse_authors
from services.enrichment.linking import resolved
from shared.events import Author

FILE = """
[[author]]
id = "tim"
name = "Tim Zadorozhnyy"
role = "Reporter"
aliases = ["Тім Задорожний"]
sources = ["desk"]
avatar = "https://img.example.org/tim.jpg"
url = "https://news.example.org/authors/tim"
links = ["https://social.example.org/@tim"]
bio = \"\"\"
Writes on
two lines.
\"\"\"
[[author]]
id = "smith-a"
name = "John Smith"
sources = ["alpha"]
[[author]]
id = "smith-b"
name = "John Smith"
sources = ["beta"]
[[author]]
id = "ann"
name = "Ann Writer"
[[agency]]
id = "reuters"
name = "Reuters"
aliases = ["Thomson Reuters"]
[[desk]]
id = "desk-desk"
name = "Sample desk"
match = ["Newsroom", "Sample Wire news desk"]
source = "desk"
"""


def book(toml: str = FILE) -> AuthorBook:
    return parse_authors(tomllib.loads(toml))


BOOK = book()


def one(name: str, source: str = "desk", **told: object) -> Author:
    (author,) = resolved([Author.model_validate({"name": name, **told})], None, source, BOOK)
    return author


def linked(name: str, source: str = "desk", **told: object) -> tuple[str | None, str | None]:
    author = one(name, source, **told)
    return author.id, author.how


def test_a_profile_fills_role_bio_avatar_and_links() -> None:
    author = one("Tim Zadorozhnyy")

    assert (author.role, author.bio) == ("Reporter", "Writes on two lines.")
    assert author.avatar == "https://img.example.org/tim.jpg"
    assert author.url == "https://news.example.org/authors/tim"
    assert author.links == ("https://social.example.org/@tim",)


def test_the_sources_own_id_or_address_goes_before_the_name() -> None:
    assert linked("T. Z.", id="tim") == ("tim", "id")
    assert linked("T. Z.", url="https://news.example.org/authors/tim/") == ("tim", "url")
    assert linked("T. Z.", links=["https://social.example.org/@tim"]) == ("tim", "url")


def test_a_name_is_linked_within_its_source_then_by_alias_then_where_it_is_unique() -> None:
    assert linked("Tim Zadorozhnyy", "desk") == ("tim", "key")
    assert linked("Тім Задорожний", "desk") == ("tim", "alias")
    assert linked("Тім Задорожний", "elsewhere") == ("tim", "alias")
    assert linked("tim zadorozhnyy", "elsewhere") == ("tim", "unique")
    assert linked("Ann Writer") == ("ann", "unique")


def test_of_two_with_one_name_the_sources_own_is_meant_and_elsewhere_neither() -> None:
    assert linked("John Smith", "alpha") == ("smith-a", "key")
    assert linked("John Smith", "beta") == ("smith-b", "key")
    assert linked("John Smith", "gamma") == (None, "unresolved")


def test_a_likeness_links_nobody() -> None:
    assert linked("Tim Zadorozhny") == (None, "unresolved")


def test_who_has_no_profile_keeps_what_the_source_told_made_safe() -> None:
    author = one(
        "Mira Okafor",
        id="42",
        role="Purser",
        bio="Sails <b>ships</b>.<script>x</script>",
        avatar="javascript:x",
        url="https://e.org/mira",
        links=["https://e.org/m", "data:x"],
    )

    assert author == Author(
        name="Mira Okafor",
        role="Purser",
        bio="Sails ships.",
        url="https://e.org/mira",
        links=("https://e.org/m",),
        how="unresolved",
    )


def test_where_a_profile_is_silent_the_source_may_speak() -> None:
    author = one("Ann Writer", role="Guest", bio="Told by the feed.")

    assert (author.id, author.role, author.bio) == ("ann", "Guest", "Told by the feed.")


def test_agencies_and_desks_are_linked_as_what_they_are() -> None:
    assert linked("Thomson Reuters") == ("reuters", "agency")
    assert linked("Newsroom") == ("desk-desk", "desk")
    assert linked("Newsroom", "elsewhere") == (None, "unresolved")


def test_every_author_says_what_it_is_linked_or_not() -> None:
    authors = resolved([], "Ann Writer, Mira Okafor, Reuters, AFP, Newsroom and The Late desk", "desk", BOOK)

    assert [(author.name, author.kind, author.id is None) for author in authors] == [
        ("Ann Writer", "person", False),
        ("Mira Okafor", "person", True),
        ("Reuters", "agency", False),
        ("AFP", "agency", True),
        ("Sample desk", "desk", False),
        ("The Late desk", "desk", True),
    ]


def test_an_e_mail_address_is_kept_nowhere() -> None:
    authors = resolved(
        [Author(name="mira@example.org (Mira Okafor)", url="mailto:mira@example.org", links=("mailto:m@example.org",))],
        None,
        "desk",
        BOOK,
    )

    assert authors == (Author(name="Mira Okafor", how="unresolved"),)
    assert resolved([Author(name="mira@example.org")], None, "desk", BOOK) == ()


def test_a_byline_of_two_becomes_two_authors() -> None:
    authors = resolved([], "By Tim Zadorozhnyy and Ann Writer", "desk", BOOK)

    assert [author.id for author in authors] == ["tim", "ann"]


def test_a_given_name_that_holds_two_people_becomes_two_and_shares_no_bio() -> None:
    authors = resolved([Author(name="Mira Okafor and Bo Ek", bio="Mira sails.")], None, "desk", BOOK)

    assert [(author.name, author.bio) for author in authors] == [("Mira Okafor", None), ("Bo Ek", None)]


def test_a_given_firm_is_one_author_with_all_that_was_told_of_it() -> None:
    assert one("Marks & Spencer", url="https://e.org/m") == Author(
        name="Marks & Spencer", url="https://e.org/m", how="unresolved"
    )
    assert linked("@mira") == (None, "unresolved")


def test_given_names_go_before_a_byline() -> None:
    assert [author.id for author in resolved([Author(name="Ann Writer")], "By Tim Zadorozhnyy", "desk", BOOK)] == [
        "ann"
    ]


def test_nobody_stands_there_twice() -> None:
    given = [Author(name="Ann Writer"), Author(name="Writer, Ann"), Author(name="Bo Ek"), Author(name="BO EK")]

    assert [author.name for author in resolved(given, None, "desk", BOOK)] == ["Ann Writer", "Bo Ek"]


def test_who_helped_is_told_so_unless_a_profile_has_a_role() -> None:
    authors = resolved([], "Ann Writer, additional reporting by Bo Ek and Tim Zadorozhnyy", "desk", BOOK)

    assert [(author.name, author.role) for author in authors] == [
        ("Ann Writer", None),
        ("Bo Ek", "Additional reporting"),
        ("Tim Zadorozhnyy", "Reporter"),
    ]


def test_no_author_at_all_is_none() -> None:
    assert resolved([], None, "desk", BOOK) == ()


def test_an_empty_file_is_an_empty_book() -> None:
    assert resolved([Author(name="Ann Writer")], None, "desk", book(""))[0].how == "unresolved"
