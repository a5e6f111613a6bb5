"""What every service stands on: events, streams, the bus, storage, logs, settings; knows no service."""
