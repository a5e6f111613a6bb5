"""The subscriber's side of WebSub (W3C Recommendation, 2018): sources' hubs push what polling would find later."""
