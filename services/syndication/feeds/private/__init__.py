"""Feeds that one consumer has alone, each under an address that is its key and can be taken away."""
