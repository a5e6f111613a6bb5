"""Reads sources that are asked, each kind in its own way; when they are asked is left to the poller."""
