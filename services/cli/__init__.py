"""The operator's command line: starts the services, and talks to running ones over their API only."""

from services.cli.main import main

__all__ = ["main"]
