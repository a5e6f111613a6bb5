"""Webhooks: reads the ledger, matches subscriptions, sends signed messages; owns `{s:…}`, `{subscriptions}`."""
