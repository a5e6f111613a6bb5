"""The drop folder: files left in it are taken in once, in the order of their names."""

from services.ingest.drop.folder import DropFolder

__all__ = ["DropFolder"]
