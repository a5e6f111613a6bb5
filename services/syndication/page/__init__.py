"""The pages that people read: the News Feed, one story, an author, a topic, a search, and the list of all feeds."""
