"""Throws made-up JSON at what reads posts of Ghost and WordPress, signed or not, until told to stop."""

from __future__ import annotations

import atheris

from tests.fuzz.fuzzing import fuzz

with atheris.instrument_imports(include=["services.ingest.cms", "services.ingest.ghost", "services.ingest.wordpress"]):
    from services.ingest.cms.roll import Roll
    from services.ingest.cms.values import document, object_of
    from services.ingest.ghost.hook import Shown, refusal, told
    from services.ingest.ghost.post import submission_of as of_ghost
    from services.ingest.source import Settings
    from services.ingest.wordpress.post import submission_of as of_wordpress

SITE = Settings(id="bay", kind="ghost", url="https://bay.example/")


def one_input(data: bytes) -> None:
    """Read one body as a hook, a post and a cursor. Raises what a reader should have caught."""
    plain = object_of(document(data))
    said = told(plain)
    posts = [plain, *([said.post] if isinstance(said, Shown) else [])]
    for post in posts:
        for build in (of_ghost, of_wordpress):
            build(post, SITE)
    refusal("a secret", data, data[:120].decode("latin-1"), 0.0)
    Roll.read(data.decode("utf-8", "replace"))


if __name__ == "__main__":
    fuzz(one_input, "posts")
