"""The operator's console: how the line runs, its sources, deliveries and dead letters, in a browser."""
