"""The subscriptions API, each module the routes of one matter; what they ask for is done elsewhere."""
