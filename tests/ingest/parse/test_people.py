"""Names out of the forms that feeds write, without anyone's e-mail address."""

from __future__ import annotations

import pytest

from services.ingest.parse.people import each_once, named, person


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ann Writer", "Ann Writer"),
        ("ann@bay.example (Ann Writer)", "Ann Writer"),
        ("Ann Writer <ann@bay.example>", "Ann Writer"),
        ("Ann Writer (ann@bay.example)", "Ann Writer"),
        ("Ann Writer (mailto:ann@bay.example)", "Ann Writer"),
        ("&lt;ann@bay.example&gt; Ann", "Ann"),
        ("ann@bay.example", ""),
        ("noreply@bay.example (noreply)", ""),
        ("  ", ""),
        (None, ""),
        ("Ann <b>Writer</b>", "Ann Writer"),
        (" @annwriter ", "@annwriter"),
        ("@ann@social.example.org", "@ann@social.example.org"),
        ("Ann Writer @annwriter", "Ann Writer"),
        ("Ann Writer (@annwriter)", "Ann Writer"),
        ("Ann Writer @ the desk", ""),
    ],
)
def test_a_name_stays_and_its_address_goes(text: str | None, name: str) -> None:
    assert named(text) == name


def test_an_author_counts_once_with_all_that_is_known() -> None:
    given = [person("Ann"), person("ANN", url="https://e.org/ann"), {}, person("Bo")]
    assert each_once(given) == [{"name": "Ann", "url": "https://e.org/ann"}, {"name": "Bo"}]
