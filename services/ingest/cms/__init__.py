"""What the interfaces of content systems have in common: odd JSON values, HTML fragments, what was read before."""
