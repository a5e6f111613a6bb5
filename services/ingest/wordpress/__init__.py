"""WordPress posts as values; asking for them and taking them in is left to others."""
