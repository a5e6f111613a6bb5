"""The reference is one page: all of the document is on it, each thing under an address of its own."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from typing import Any

from lxml import html

from services.documents import openapi
from services.reference.completing import operations
from services.reference.page import page, policy
from tests.reference.checking import SITE, the_document

DOCUMENT = the_document()
PAGE = page(DOCUMENT)
ROOT: Any = html.document_fromstring(PAGE)


def test_it_needs_nothing_but_itself() -> None:
    assert not ROOT.xpath("//script | //link | //img | //iframe | //form | //*[@style]")
    [style] = ROOT.xpath("//style/text()")
    assert b64encode(sha256(style.encode()).digest()).decode() in policy()
    assert "unsafe" not in policy()
    assert "prefers-color-scheme:dark" in style


def test_every_link_leads_somewhere_and_no_address_is_given_twice() -> None:
    ids = ROOT.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {link for link in ROOT.xpath("//@href") if link.startswith("#")} <= {f"#{id}" for id in ids}


def test_every_operation_has_a_place_that_the_contents_lead_to() -> None:
    linked = set(ROOT.xpath("//nav//@href"))
    for path, _, operation in operations(DOCUMENT):
        if operation["tags"] != ["Pages"] and (not path.startswith("/feeds/") or path.endswith("}.rss")):
            assert ROOT.xpath(f"//section[@id='{operation['operationId']}']"), path
            assert f"#{operation['operationId']}" in linked
    for type in DOCUMENT["webhooks"]:
        assert f"#message-{type}" in linked


def test_a_subscription_s_fields_stand_with_type_limits_default_and_words() -> None:
    [section] = ROOT.xpath("//section[@id='post-api-v1-subscriptions']")
    said = {row.xpath("string(dt/code[1])"): " ".join(row.text_content().split()) for row in section.xpath("dl/div")}
    assert "list of number or null" in said["schedule"]
    assert "1 to 20 entries; each 0.1 to 604800." in said["schedule"]
    assert "If left out: 64" in said["max_in_flight"]
    assert 'If left out: "now"' in said["from"]
    assert "required" in said["url"]
    missing = DOCUMENT["components"]["schemas"]["NewSubscription"]["properties"].keys() - said.keys()
    assert not missing


def test_an_operation_shows_a_call_and_what_may_be_answered() -> None:
    [section] = ROOT.xpath("//section[@id='post-api-v1-articles-id-retract']")
    call = section.xpath("string(pre/code)")
    assert call.startswith("curl -sS 'https://wire.example.org/api/v1/articles/desk-nvkorfl25f4kpdlmsqls/retract'")
    assert '"replacement_url"' in call
    statuses = section.xpath(".//code[@class='status']/text()")
    assert {"200", "202", "401", "404", "422"} <= set(statuses)


def test_what_the_document_says_cannot_become_markup() -> None:
    document = openapi(SITE)
    document["paths"]["/healthz"]["get"]["summary"] = "<script>alert(1)</script>"
    document["paths"]["/healthz"]["get"]["description"] = "`<b>` [a](#b)"
    shown = page(document)
    assert not re.search("<script>|<b>", shown)
