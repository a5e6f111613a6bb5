"""Ghost's posts and its signed hooks as values; asking for them and taking them in is left to others."""
