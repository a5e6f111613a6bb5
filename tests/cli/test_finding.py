"""Finding sources, and lists of feeds in and out, against a line that runs."""

from __future__ import annotations

from pathlib import Path

from tests.cli.running import Running
from tests.ports import free_port

OPML = """<opml version="2.0"><body><outline text="Mirrors">
<outline type="rss" text="Good" xmlUrl="{url}/feeds/all.rss"/>{more}</outline></body></opml>"""


def test_the_feeds_of_a_site_are_found_and_shown(line: Running) -> None:
    result = line.wireroom("sources", "discover", f"{line.url}/feeds/all.rss")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"feed       {line.url}/feeds/all.rss\n")
    assert len(result.stdout.splitlines()) == 2 + 5
    (feed, *_) = line.json("sources", "discover", f"{line.url}/feeds/all.atom", "--json")["feeds"]
    assert feed["kind"] == "feed"
    assert feed["items"] >= len(feed["items_preview"]) == 5
    assert all(item["headline"] for item in feed["items_preview"])


def test_an_address_without_a_source_ends_with_one(line: Running) -> None:
    result = line.wireroom("sources", "discover", f"http://127.0.0.1:{free_port()}/")
    assert (result.exit_code, result.stdout) == (1, "none\n")
    assert "could not connect" in result.stderr
    refused = line.wireroom("sources", "discover", "http://10.0.0.1/")
    assert (refused.exit_code, "private address" in refused.stderr) == (1, True)


def test_lists_of_feeds_go_in_and_out(line: Running, tmp_path: Path) -> None:
    file = tmp_path / "in.opml"
    file.write_text(OPML.format(url=line.url, more=""))
    assert line.wireroom("import", str(file)).stdout == "1 added, 0 known, 0 refused\n"
    again = line.json("import", "-", "--json", given=file.read_text())
    assert again["counts"] == {"added": 0, "known": 1, "refused": 0}
    out = tmp_path / "out.opml"
    assert line.wireroom("export", "--output", str(out)).stdout == ""
    for written in (line.wireroom("export").stdout, out.read_text()):
        assert f'xmlUrl="{line.url}/feeds/all.rss"' in written
        assert '<outline text="Mirrors" title="Mirrors">' in written
    listed = line.json("export", "--json")["sources"]
    (made,) = [one["id"] for one in listed if one["section"] == "Mirrors"]
    line.wireroom("sources", "delete", made)


def test_refused_lines_are_told_and_end_with_one(line: Running, tmp_path: Path) -> None:
    file = tmp_path / "in.opml"
    file.write_text(OPML.format(url="http://10.0.0.1", more=""))
    result = line.wireroom("import", str(file))
    assert result.exit_code == 1
    assert result.stdout.startswith("0 added, 0 known, 1 refused\n")
    assert "private address" in result.stdout


def test_wrong_files_end_in_words(line: Running, tmp_path: Path) -> None:
    (empty := tmp_path / "empty.opml").touch()
    assert (line.wireroom("import", str(empty)).exit_code, line.wireroom("import", "/no/such/file").exit_code) == (2, 2)
    (rss := tmp_path / "rss.xml").write_text("<rss version='2.0'><channel/></rss>")
    result = line.wireroom("import", str(rss))
    assert (result.exit_code, "this is no OPML" in result.stderr) == (1, True)


def test_a_page_is_added_as_a_source_of_its_kind(line: Running) -> None:
    made = line.json("sources", "add", f"{line.url}/", "--id", "front", "--kind", "page", "--full-text")
    assert (made["kind"], made["full_text"]) == ("page", True)
    line.wireroom("sources", "delete", "front")
