from __future__ import annotations

from redis.exceptions import (
    ConnectionError,  # noqa: A004  # Redis's own
    DataError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
    TimeoutError,  # noqa: A004  # Redis's own
)

from shared.redis import is_full, is_passing


def test_what_passes_is_told_from_what_fails_for_ever() -> None:
    passing: list[Exception] = [
        ConnectionError("gone"),
        TimeoutError("slow"),
        ReadOnlyError("a replica now"),
        OutOfMemoryError("command not allowed"),
        ResponseError("MISCONF Redis is configured to save"),
        ResponseError("UNBLOCKED force unblock from blocking operation"),
        ResponseError("Script attempted to access a non local key in a cluster node script: on @user_script:1."),
        ResponseError("OOM command not allowed. script: on @user_script:1"),
    ]
    lasting: list[Exception] = [ResponseError("WRONGTYPE"), DataError("None"), ResponseError("ERR"), ValueError("OOM")]
    assert [is_passing(error) for error in passing] == [True] * len(passing)
    assert [is_passing(error) for error in lasting] == [False] * len(lasting)
    assert [is_full(error) for error in passing] == [False, False, False, True, False, False, False, True]
