"""Takes articles in by push, poll and drop folder; writes article.ingested, and completes nothing."""
