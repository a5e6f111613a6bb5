from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from shared.settings import SettingsError, client, read


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = read({})
    assert (settings.redis_url, settings.data_dir, settings.newsroom) == (None, Path("data"), Path("newsroom"))
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert (settings.admin_token, settings.allow_networks, settings.partitions) == (None, (), 1)


def test_every_setting_is_read() -> None:
    settings = read(
        {
            "WIREROOM_REDIS_URL": "redis://cache:6379/0",
            "WIREROOM_DATA_DIR": "/srv/data",
            "WIREROOM_NEWSROOM": "/srv/newsroom",
            "WIREROOM_HOST": "0.0.0.0",
            "WIREROOM_PORT": "9000",
            "WIREROOM_PUBLIC_URL": "https://news.example/",
            "WIREROOM_ADMIN_TOKEN": "0123456789abcdef",
            "WIREROOM_ALLOW_NETWORKS": "10.0.0.0/8, ::1/128",
            "WIREROOM_LOG_FORMAT": "JSON",
            "WIREROOM_LOG_LEVEL": "debug",
            "WIREROOM_PARTITIONS": "4",
            "WIREROOM_SECRET_KEY": f"{'n' * 32}, {'o' * 40}",
            "WIREROOM_IMAGE_SIZES": "True",
            "WIREROOM_KEEP_DAYS": "90",
            "WIREROOM_KEEP_ARTICLES": "100000",
            "PATH": "/bin",
        }
    )
    assert settings.redis_url == "redis://cache:6379/0"
    assert (settings.data_dir, settings.newsroom) == (Path("/srv/data"), Path("/srv/newsroom"))
    assert (settings.host, settings.port, settings.public_url) == ("0.0.0.0", 9000, "https://news.example")
    assert settings.admin_token == "0123456789abcdef"
    assert (settings.keep_days, settings.keep_articles) == (90, 100_000)
    assert settings.secret_key == ("n" * 32, "o" * 40)
    assert settings.allow_networks == (ip_network("10.0.0.0/8"), ip_network("::1/128"))
    assert (settings.log_format, settings.log_level, settings.partitions) == ("json", "debug", 4)
    assert settings.image_sizes
    assert "aaaa" not in repr(settings)
    assert "word" not in repr(settings)


def test_an_empty_value_counts_as_unset() -> None:
    assert read({"WIREROOM_PORT": " ", "WIREROOM_REDIS_URL": ""}).redis_url is None


def test_the_public_address_follows_host_and_port() -> None:
    assert read({"WIREROOM_HOST": "0.0.0.0", "WIREROOM_PORT": "81"}).public_url == "http://127.0.0.1:81"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PORT", "http", "must be a port number"),
        ("PORT", "0", "must be a port number"),
        ("PORT", "65536", "must be a port number"),
        ("PORT", "\u0661", "must be a port number"),
        ("REDIS_URL", "http://cache", "must start with redis://"),
        ("REDIS_URL", "redis://cache:port", "its port no number"),
        ("REDIS_URL", "redis://cache:0", "must name a port"),
        ("REDIS_URL", "redis://cache/0?socket_timeout=abc", "takes no options but"),
        ("REDIS_URL", "unix:///run/redis.sock?db=x", "has a wrong db"),
        ("REDIS_URL", "rediss://cache?ssl_cert_reqs=maybe", "has a wrong ssl_cert_reqs"),
        ("REDIS_URL", "redis+sentinel://one:26379", "what the Sentinels call the server"),
        ("REDIS_URL", "redis+cluster://one:6379,", "must name nodes as host:port"),
        ("REDIS_URL", "redis+cluster://one:6379/2", "a cluster has one database"),
        ("PUBLIC_URL", "news.example", "must be an http or https address"),
        ("PUBLIC_URL", "https://", "must be an http or https address"),
        ("PUBLIC_URL", "https://[news", "is no address"),
        ("ADMIN_TOKEN", "short", "at least 16"),
        ("ADMIN_TOKEN", "żółw" * 8, "ASCII"),
        ("ALLOW_NETWORKS", "10.0.0.0/8,home", "'home' is not a network"),
        ("LOG_FORMAT", "xml", "must be one of json, console"),
        ("LOG_LEVEL", "loud", "must be one of debug, info, warning, error"),
        ("PARTITIONS", "0", "from 1 to 64"),
        ("PARTITIONS", "65", "from 1 to 64"),
        ("IMAGE_SIZES", "maybe", "must be true or false"),
        ("EGRESS_PROXY", "http://[::1]]:3128", "must be an HTTP proxy"),
        ("EGRESS_PROXY", "http://[::g]:3128", "must be an HTTP proxy"),
        ("EGRESS_PROXY", "http://proxy.example:99999", "must be an HTTP proxy"),
        ("EGRESS_PROXY", "http://proxy.example", "must be an HTTP proxy"),
        ("PROT", "8000", "there is no such setting"),
    ],
)
def test_a_wrong_value_is_refused_with_the_name_and_the_reason(name: str, value: str, told: str) -> None:
    with pytest.raises(SettingsError, match=f"^WIREROOM_{name}: .*{told}"):
        read({f"WIREROOM_{name}": value})


def test_all_that_is_wrong_is_told_at_once_and_no_token_is() -> None:
    with pytest.raises(SettingsError) as refused:
        read({"WIREROOM_PORT": "x", "WIREROOM_PARTITIONS": "x", "WIREROOM_ADMIN_TOKEN": "sesame"})
    assert len(str(refused.value).splitlines()) == 3
    assert "sesame" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDIS_URL", "redis://wire:sesame"),
        ("REDIS_URL", "redis://wire:sesame\u2100@cache"),
        ("REDIS_URL", "redis+sentinel://wire:sesame/mymaster"),
        ("REDIS_URL", "unix:///run/redis.sock?password=pa&sesame=1"),
        ("REDIS_URL", "unix:///run/redis.sock?db=sesame"),
        ("REDIS_URL", "redis+cluster://wire:sesame"),
        ("REDIS_URL", "redis+cluster://wire:sesame\u2100@cache"),
        ("EGRESS_PROXY", "http://wire:sesame"),
        ("EGRESS_PROXY", "http://wire:sesame\u2100@proxy.example:3128"),
        ("EGRESS_PROXY", "http://wire\u0130:sesame@proxy.example:3128"),
    ],
)
def test_an_address_that_is_wrong_because_of_its_password_is_refused_without_it(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^WIREROOM_{name}: ") as refused:
        read({f"WIREROOM_{name}": value})
    assert "sesame" not in str(refused.value)


def test_the_command_line_has_an_address_and_a_token() -> None:
    assert client({"WIREROOM_URL": "http://x", "WIREROOM_ADMIN_TOKEN": "t"}) == ("http://x", "t")
    assert client({}) == (None, None)
    assert read({"WIREROOM_URL": "http://x"}).port == 8000


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_TRACES_EXPORTER": "none"}, False),
    ],
)
def test_traces_are_sent_where_open_telemetry_s_own_variables_say(environ: dict[str, str], wanted: bool) -> None:
    assert read(environ).traces is wanted
