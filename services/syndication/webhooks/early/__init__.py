"""Articles under an embargo, ahead of their release: to whom the operator trusts with them, and who asked for them."""
