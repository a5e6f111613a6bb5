"""The Redis connection: commands and Lua scripts of all that run at the same time, on one wire."""

from shared.redis.client import (
    Argument,
    CrossSlotError,
    Redis,
    RedisError,
    ResponseError,
    Script,
    close,
    connect,
    is_full,
    is_passing,
)
from shared.redis.store import Call, Store

__all__ = [
    "Argument",
    "Call",
    "CrossSlotError",
    "Redis",
    "RedisError",
    "ResponseError",
    "Script",
    "Store",
    "close",
    "connect",
    "is_full",
    "is_passing",
]
