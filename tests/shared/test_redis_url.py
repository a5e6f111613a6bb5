from __future__ import annotations

import pytest
from redis.asyncio.sentinel import SentinelConnectionPool, SentinelManagedSSLConnection

from shared.redis import connect
from shared.redis_url import Clustered, Watched, read_clustered, read_watched


def test_sentinels_their_name_for_the_server_and_credentials_are_read() -> None:
    assert read_watched("redis+sentinel://one,[::1]:26380,10.0.0.3:7000/mymaster") == Watched(
        sentinels=(("one", 26379), ("::1", 26380), ("10.0.0.3", 7000)), master="mymaster"
    )
    found = read_watched("rediss+sentinel://wire:p%40ss@one:1/w?sentinel_username=s&sentinel_password=t")
    assert found is not None
    assert found.server_options == {"username": "wire", "password": "p@ss", "ssl": True}
    assert found.sentinel_options(socket_timeout=1) == {
        "username": "s",
        "password": "t",
        "ssl": True,
        "socket_timeout": 1,
    }
    assert "p@ss" not in repr(found)
    assert "'t'" not in repr(found)


@pytest.mark.parametrize("url", ["redis://one:6379/0", "rediss://one", "unix:///run/redis.sock"])
def test_other_addresses_are_for_the_client(url: str) -> None:
    assert read_watched(url) is None


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("redis+sentinel://one:26379", "must end with what the Sentinels call the server"),
        ("redis+sentinel://one:26379/a/0", "must end with what the Sentinels call the server"),
        ("redis+sentinel:///mymaster", "host:port"),
        ("redis+sentinel://one,,two/mymaster", "host:port"),
        ("redis+sentinel://one:port/mymaster", "host:port"),
        ("redis+sentinel://one:70000/mymaster", "host:port"),
        ("redis+sentinel://one:0/mymaster", "host:port"),
        ("redis+sentinel://:s3cret@one/m?db=1", "no options but sentinel_username and"),
        ("redis+sentinel://one/m?sentinel_password=a&s3cret=b", "no options but sentinel_username and"),
    ],
)
def test_what_is_wrong_is_named_without_the_password(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as told:
        read_watched(url)
    assert "s3cret" not in str(told.value)


def test_tls_is_spoken_to_the_server_and_to_the_sentinels() -> None:
    pool = connect("rediss+sentinel://:s3cret@one,two/mymaster").connection_pool
    assert isinstance(pool, SentinelConnectionPool)
    assert pool.connection_class is SentinelManagedSSLConnection
    assert pool.connection_kwargs["password"] == "s3cret"
    assert [each.connection_pool.connection_kwargs["host"] for each in pool.sentinel_manager.sentinels] == [
        "one",
        "two",
    ]
    assert all("ssl" in repr(each.connection_pool.connection_class).lower() for each in pool.sentinel_manager.sentinels)


def test_nodes_of_a_cluster_and_credentials_are_read() -> None:
    assert read_clustered("redis+cluster://one,[::1]:7001/") == Clustered(nodes=(("one", 6379), ("::1", 7001)))
    found = read_clustered("rediss+cluster://wire:p%40ss@one:1")
    assert found is not None
    assert found.options(socket_timeout=1) == {
        "username": "wire",
        "password": "p@ss",
        "ssl": True,
        "socket_timeout": 1,
    }
    assert "p@ss" not in repr(found)
    assert read_clustered("redis://one:6379") is None
    assert read_watched("redis+cluster://one") is None


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("redis+cluster://", "must name nodes as host:port"),
        ("redis+cluster://one,,two", "must name nodes as host:port"),
        ("redis+cluster://one:0", "must name nodes as host:port"),
        ("redis+cluster://one:70000", "must name nodes as host:port"),
        ("redis+cluster://:s3cret@one/1", "one database"),
        ("redis+cluster://:s3cret@one?db=1", "takes no options"),
    ],
)
def test_what_is_wrong_with_a_cluster_is_named_without_the_password(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as told:
        read_clustered(url)
    assert "s3cret" not in str(told.value)
