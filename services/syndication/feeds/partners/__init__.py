"""Partners' own renderings of RSS, where their rules conflict with the public one or with each other."""
