"""The WebSub hub for our own feeds (W3C Recommendation, 2018): asked over HTTP, worked off by one elected process."""
