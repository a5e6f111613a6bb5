"""The consumer portal: what a downstream developer sees of their subscriptions, and does about them, in a browser."""
