"""How it is told that what is kept cannot be looked after, while the last good state of it is served."""

from __future__ import annotations

import structlog

from shared.redis import is_passing

log = structlog.get_logger()


def tell(event: str, error: Exception, **fields: object) -> None:
    """Log a failure: one of the server's or the network's in a line, one of ours with its traceback."""
    if is_passing(error):
        log.warning(event, error=f"{type(error).__name__}: {error}"[:300], **fields)
    else:
        log.error(event, exc_info=error, **fields)
