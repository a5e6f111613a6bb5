"""Files left in the drop folder: each taken in once, bad ones set aside, none lost."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest
from structlog.testing import capture_logs

from services.ingest.drop import folder as dropping_module
from services.ingest.drop.files import Found, load
from services.ingest.drop.memory import Memory
from shared.redis import RedisError, Store
from tests.builders import a_push
from tests.ingest.drop.parts import LONG_AGO, Dropping
from tests.ingest.feeds import items, rss
from tests.ingest.formats.parts import a_news_item, a_ninjs


@pytest.fixture
async def dropping(store: Store, tmp_path: Path) -> AsyncIterator[Dropping]:
    folder = tmp_path / "drop"
    folder.mkdir()
    dropping = Dropping(store, folder)
    yield dropping
    await dropping.outbox.idle(5)


def closed(*_: object) -> None:
    raise PermissionError(30, "Read-only file system")


async def test_files_are_taken_in_name_order_so_that_updates_become_versions(dropping: Dropping) -> None:
    dropping.put("020-update.json", headline="Second")
    dropping.put("010.json", headline="First")
    dropping.put("030.rss", rss(*items([2, 1])))
    await dropping.drop.tick()
    assert await dropping.versions() == [1, 2, 1, 1]
    assert [body["article"]["headline"] for body in dropping.line.bodies] == ["First", "Second", "Story 1", "Story 2"]
    assert await dropping.sources.ids() == ["desk", "drop"]


async def test_wire_formats_are_told_apart_by_what_is_in_them(dropping: Dropping) -> None:
    dropping.put("wire/1.xml", a_news_item())
    dropping.put("wire/2.json", orjson.dumps(a_ninjs()))
    dropping.put("wire/3.xml", rss(*items([1])))
    await dropping.drop.tick()
    assert await dropping.versions() == [1, 1, 1]
    assert await dropping.sources.ids() == ["wire"]


async def test_a_second_start_takes_nothing_twice_and_reads_nothing_again(
    dropping: Dropping, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropping.put("010.json", headline="First")
    dropping.put("020.json", headline="Second")
    await dropping.drop.tick()
    monkeypatch.setattr(dropping_module, "load", lambda *_: pytest.fail("a file was read again"))
    await dropping.restarted().tick()
    assert await dropping.versions() == [1, 2]


async def test_good_files_stay_and_a_touched_one_is_not_taken_again(dropping: Dropping) -> None:
    path = dropping.put("010.json")
    await dropping.drop.tick()
    os.utime(path, (LONG_AGO, LONG_AGO))
    await dropping.drop.tick()
    assert await dropping.versions() == [1]
    assert [entry.name for entry in dropping.path.iterdir()] == ["010.json"]


async def test_an_edited_file_is_taken_again_even_when_edited_back(dropping: Dropping) -> None:
    for headline in ("First", "Second", "First"):
        dropping.put("010.json", headline=headline)
        await dropping.drop.tick()
    assert await dropping.versions() == [1, 2, 3]


async def test_a_file_still_being_written_is_awaited_and_so_is_what_follows(dropping: Dropping) -> None:
    whole = orjson.dumps(a_push(headline="First"))
    dropping.put("020.json", headline="Second")
    dropping.put_just_now("010.json", whole[:40])
    await dropping.drop.tick()
    dropping.put("010.json", whole[:80])
    await dropping.drop.tick()
    await dropping.drop.tick()
    assert await dropping.versions() == []
    assert dropping.rejected() == {}
    dropping.put("010.json", whole)
    await dropping.drop.tick()
    await dropping.drop.tick()
    assert await dropping.versions() == [1, 2]


async def test_a_slow_upload_holds_up_its_folder_for_a_while_and_other_folders_not_at_all(dropping: Dropping) -> None:
    dropping.put("ap/020.json", headline="Later")
    dropping.put("rtr/010.json", guid="other")
    dropping.put_just_now("ap/010.json", b"{")
    await dropping.drop.tick()
    dropping.put("ap/010.json", b"{{")
    await dropping.drop.tick()
    assert await dropping.versions() == [1]
    for second in (4, 8, 12):
        start = dropping.time
        dropping.time = start + 4
        path = dropping.put("ap/010.json", b"{" * second)
        os.utime(path, (dropping.time, dropping.time))
        await dropping.drop.tick()
    assert await dropping.versions() == [1, 1]
    assert dropping.rejected("ap") == {}


async def test_an_upload_that_stalls_is_given_a_minute_and_then_set_aside(dropping: Dropping) -> None:
    path = dropping.put_just_now("010.xml", a_news_item()[:-40])
    for age, refused in ((6.0, {}), (59.0, {}), (61.0, {"010.xml"})):
        dropping.time = path.stat().st_ctime + age if path.exists() else dropping.time
        await dropping.drop.tick()
        assert set(dropping.rejected()) == set(refused)
    assert "is not well-formed XML" in dropping.rejected()["010.xml"]


async def test_a_stalled_upload_holds_up_its_folder_for_a_while_only(dropping: Dropping) -> None:
    dropping.put("020.json")
    path = dropping.put_just_now("010.xml", a_news_item()[:-40])
    for age, versions in ((3, []), (8, []), (14, [1])):
        dropping.time = path.stat().st_ctime + age
        await dropping.drop.tick()
        assert await dropping.versions() == versions
    assert dropping.rejected() == {}


async def test_many_stalled_uploads_hold_up_their_folder_no_longer_than_one(dropping: Dropping) -> None:
    dropping.put("020.json")
    path, *_ = (dropping.put_just_now(f"01{number}.json", b"{") for number in range(3))
    for age, versions in ((3, []), (8, []), (14, [1])):
        dropping.time = path.stat().st_ctime + age
        await dropping.drop.tick()
        assert await dropping.versions() == versions


async def test_a_picture_being_uploaded_holds_nothing_up(dropping: Dropping) -> None:
    dropping.put("020.json")
    dropping.put_just_now("010.jpg", b"\xff")
    await dropping.drop.tick()
    dropping.put("010.jpg", b"\xff\xd8")
    await dropping.drop.tick()
    assert await dropping.versions() == [1]


async def test_a_stalled_upload_that_goes_on_is_taken(dropping: Dropping) -> None:
    path = dropping.put_just_now("010.xml", a_news_item()[:-40])
    dropping.time = path.stat().st_ctime + 30
    await dropping.drop.tick()
    dropping.time = dropping.put("010.xml", a_news_item()).stat().st_ctime + 40
    await dropping.drop.tick()
    assert await dropping.versions() == [1]


async def test_a_file_that_changes_while_it_is_read_is_awaited(
    dropping: Dropping, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = dropping.put("010.json", headline="First")

    def slow(root: Path, file: Found) -> object:
        path.write_bytes(orjson.dumps(a_push(headline="Written meanwhile")))
        monkeypatch.undo()
        return load(root, file)

    monkeypatch.setattr(dropping_module, "load", slow)
    await dropping.drop.tick()
    assert await dropping.versions() == []
    await dropping.drop.tick()
    assert [body["article"]["headline"] for body in dropping.line.bodies] == ["Written meanwhile"]


async def test_a_bad_file_is_set_aside_with_its_reason_and_stops_nothing(dropping: Dropping) -> None:
    dropping.put("ap/010.json", b'{"headline": }')
    dropping.put("ap/020.json")
    with capture_logs() as lines:
        await dropping.drop.tick()
        await dropping.drop.tick()
        await dropping.restarted().tick()
    refused = [(line["file"], line["moved_to"]) for line in lines if line["event"] == "drop.refused"]
    assert refused == [("ap/010.json", "ap/rejected/010.json")]
    assert await dropping.versions() == [1]
    assert dropping.rejected("ap")["010.json"].startswith("010.json is not valid JSON")


async def test_a_file_moved_back_is_tried_again_and_its_reason_goes(dropping: Dropping) -> None:
    dropping.put("010.json", b'{"headline": }')
    await dropping.drop.tick()
    aside = dropping.path / "rejected" / "010.json"
    aside.rename(dropping.path / "010.json")
    await dropping.drop.tick()
    assert list(dropping.rejected()) == ["010.json"]
    aside.unlink()
    dropping.put("010.json")
    await dropping.drop.tick()
    assert await dropping.versions() == [1]
    assert list((dropping.path / "rejected").iterdir()) == []


async def test_where_nothing_can_be_moved_a_bad_file_is_told_of_once(
    dropping: Dropping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dropping_module, "set_aside", closed)
    dropping.put("010.json", b'{"headline": }')
    with capture_logs() as lines:
        await dropping.drop.tick()
        await dropping.drop.tick()
        await dropping.restarted().tick()
    assert [line["moved_to"] for line in lines if line["event"] == "drop.refused"] == [None]
    assert (dropping.path / "010.json.error.txt").read_text().startswith("010.json is not valid JSON")
    dropping.put("010.json")
    await dropping.drop.tick()
    assert await dropping.versions() == [1]
    assert not (dropping.path / "010.json.error.txt").exists()


async def test_a_read_only_folder_has_only_the_log(dropping: Dropping, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dropping_module, "set_aside", closed)
    monkeypatch.setattr(dropping_module, "tell_beside", closed)
    dropping.put("010.json", b'{"headline": }')
    dropping.put("020.json")
    with capture_logs() as lines:
        await dropping.drop.tick()
        await dropping.drop.tick()
    assert sum(line["event"] == "drop.refused" for line in lines) == 1
    assert await dropping.versions() == [1]


async def test_a_file_called_like_no_story_is_left_a_minute_to_be_renamed(dropping: Dropping) -> None:
    dropping.put("020.json")
    path = dropping.put_just_now("010.jpg", b"\xff\xd8")
    dropping.time = path.stat().st_ctime + 30
    await dropping.drop.tick()
    assert await dropping.versions() == [1]
    assert dropping.rejected() == {}
    dropping.time += 31
    await dropping.drop.tick()
    assert "its name must end in one of" in dropping.rejected()["010.jpg"]


async def test_links_and_pipes_are_set_aside(dropping: Dropping, tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_bytes(orjson.dumps(a_push(headline="Not yours")))
    (dropping.path / "010.json").symlink_to(tmp_path / "secret.json")
    os.mkfifo(dropping.path / "020.json")
    dropping.put("030.json")
    await dropping.drop.tick()
    assert await dropping.versions() == [1]
    assert list(dropping.rejected()) == ["010.json", "020.json"]
    assert (tmp_path / "secret.json").exists()


async def test_a_file_that_cannot_be_opened_is_told_of_once_and_taken_when_it_can_be(
    dropping: Dropping, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropping.put("010.json")

    def refused(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    with capture_logs() as lines, monkeypatch.context() as patched:
        patched.setattr(os, "open", refused)
        await dropping.drop.tick()
        await dropping.drop.tick()
    assert [line["reason"] for line in lines if line["event"] == "drop.refused"] == [
        "cannot be read: Permission denied"
    ]
    await dropping.drop.tick()
    assert await dropping.versions() == [1]


async def test_what_is_under_an_embargo_is_taken_at_once_with_its_end(dropping: Dropping) -> None:
    dropping.put("wire/010.json", orjson.dumps(a_ninjs(embargoedUntil="2026-11-22T13:00:00Z")))
    dropping.put("wire/020.json", orjson.dumps(a_ninjs(headline="Due sooner", embargoedUntil="2026-11-22T12:30:00Z")))
    dropping.put("wire/030.json", orjson.dumps(a_ninjs(pubStatus="canceled")))
    dropping.time = dropping.clock.seconds()
    await dropping.drop.tick()
    assert await dropping.versions() == [1, 2, 3]
    articles = [body["article"] for body in dropping.line.bodies]
    assert [one["embargoed_until"] for one in articles[:2]] == ["2026-11-22T13:00:00Z", "2026-11-22T12:30:00Z"]
    assert articles[2]["status"] == "canceled"


async def test_a_file_that_an_earlier_program_held_back_is_read_once_more(dropping: Dropping, store: Store) -> None:
    dropping.put("010.json", embargoed_until="2026-11-22T13:00:00Z")
    await dropping.drop.tick()
    digest, stamp = (await store.do("HGET", "drop:taken", "010.json")).decode().split()
    await store.do("HSET", "drop:taken", "010.json", f"{digest} {stamp} 1795611600.0")
    await store.do("DEL", "{src:desk}:items")  # it had not been taken in then
    await dropping.restarted().tick()
    assert await dropping.versions() == [1, 1]


async def test_a_canceled_item_takes_the_article_back(dropping: Dropping) -> None:
    dropping.put("wire/010.json", orjson.dumps(a_ninjs()))
    dropping.put("wire/020.json", orjson.dumps(a_ninjs(version="2", pubStatus="canceled")))
    with capture_logs() as lines:
        await dropping.drop.tick()
    assert await dropping.versions() == [1, 2]
    last = dropping.line.bodies[-1]
    assert (last["article"]["status"], last["retraction"]["reason"]) == ("canceled", "Withdrawn by the source.")
    assert last["article"]["body_html"] == ""
    assert [line["withdrawn"] for line in lines if line["event"] == "drop.taken"] == [0, 1]


async def test_a_withdrawal_of_what_was_never_out_is_done_with(dropping: Dropping) -> None:
    dropping.put("wire/010.json", orjson.dumps(a_ninjs(pubStatus="canceled")))
    await dropping.drop.tick()
    await dropping.drop.tick()
    assert await dropping.versions() == []
    assert dropping.rejected("wire") == {}


async def test_an_item_that_is_usable_again_comes_back(dropping: Dropping) -> None:
    for number, status in enumerate(("usable", "canceled", "usable"), 1):
        dropping.put(f"wire/{number}.json", orjson.dumps(a_ninjs(version=str(number), pubStatus=status)))
    await dropping.drop.tick()
    assert await dropping.versions() == [1, 2, 3]
    assert dropping.line.bodies[-1]["article"]["status"] == "usable"


async def test_a_withheld_item_is_withheld(dropping: Dropping) -> None:
    dropping.put("wire/010.json", orjson.dumps(a_ninjs(pubStatus="withheld")))
    await dropping.drop.tick()
    assert await dropping.versions() == [1]
    assert dropping.line.bodies[-1]["article"]["status"] == "withheld"


async def test_what_has_no_place_is_told_in_the_log(dropping: Dropping) -> None:
    picture = {"type": "picture", "renditions": [{"name": "main", "href": "IMG_1.JPG", "contentType": "image/jpeg"}]}
    dropping.put("wire/010.json", orjson.dumps(a_ninjs(associations=[picture], edNote="Call the desk")))
    with capture_logs() as lines:
        await dropping.drop.tick()
    lost = next(line["lost"] for line in lines if line["event"] == "drop.taken")
    assert lost == ["its edNote", "$.associations[0], known only as 'IMG_1.JPG'"]
    assert await dropping.versions() == [1]
    assert dropping.line.bodies[-1]["article"]["images"] == []


async def test_a_refused_article_is_set_aside(dropping: Dropping) -> None:
    dropping.put("010.json", status="canceled")
    await dropping.drop.tick()
    assert "was refused: status is canceled" in dropping.rejected()["010.json"]


async def test_the_folder_waits_while_the_store_is_full(dropping: Dropping) -> None:
    dropping.put("010.json")
    dropping.pressure.tell_full()
    await dropping.drop.tick()
    assert await dropping.versions() == []
    dropping.clock.forward(10)
    await dropping.drop.tick()
    assert await dropping.versions() == [1]


async def test_two_processes_on_one_folder_take_each_file_once(dropping: Dropping, store: Store) -> None:
    dropping.put("010.json", headline="First")
    dropping.put("020.json", headline="Second")
    other = Memory(store)
    assert await other.lock()
    await dropping.drop.tick()
    assert await dropping.versions() == []
    await other.release()
    await dropping.restarted().tick()
    await dropping.drop.tick()
    assert await dropping.versions() == [1, 2]


async def test_a_folder_that_cannot_be_listed_is_told_of_once(store: Store, tmp_path: Path) -> None:
    (tmp_path / "drop").mkdir()
    dropping = Dropping(store, tmp_path / "drop")
    dropping.path = tmp_path / ("x" * 300)
    drop = dropping.restarted()
    with capture_logs() as lines:
        await drop.tick()
        await drop.tick()
    assert [line["event"] for line in lines] == ["drop.unreadable"]


async def test_a_name_that_is_not_utf_8_stops_nothing(dropping: Dropping) -> None:
    try:
        os.close(os.open(os.fsencode(dropping.path) + b"/010-\xff.json", os.O_CREAT | os.O_WRONLY))
        dropping.put("010-\udcff.json", b'{"headline": }')
    except OSError:
        pytest.skip("this file system takes no such names")
    dropping.put("020.json")
    await dropping.drop.tick()
    assert await dropping.versions() == [1]
    assert list(dropping.rejected()) == ["010-\udcff.json"]


async def test_a_file_whose_taking_was_not_noted_is_looked_at_again_without_a_second_version(
    dropping: Dropping, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropping.put("wire/010.json", orjson.dumps([a_ninjs(), a_ninjs(uri="urn:b")]))
    dropping.put("wire/020.json", orjson.dumps(a_ninjs(uri="urn:b", version="2", pubStatus="canceled")))

    async def lost(*_: object) -> None:
        raise RedisError("connection lost")

    with monkeypatch.context() as patched:
        patched.setattr(Memory, "take", lost)
        for _ in range(2):
            with pytest.raises(RedisError):
                await dropping.restarted().tick()
    await dropping.restarted().tick()
    await dropping.restarted().tick()
    assert sorted(await dropping.versions()) == [1, 1, 2]


async def test_files_that_were_away_for_long_are_forgotten(dropping: Dropping, store: Store) -> None:
    dropping.put("010.json").rename(dropping.path.parent / "away.json")
    dropping.put("020.json")
    await dropping.drop.tick()
    (dropping.path / "020.json").unlink()
    for day in range(1, 33):
        dropping.put("030.json", headline=f"Day {day}")
        dropping.time += 86_400
        await dropping.drop.tick()
    assert list(await Memory(store).taken(["020.json", "030.json"])) == ["030.json"]
