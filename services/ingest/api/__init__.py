"""Ingest over HTTP: pushing and retracting articles, and the sources."""
