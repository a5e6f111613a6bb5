"""Sending articles back to be completed anew: which of them, how far it is, and the routes to ask for it."""
