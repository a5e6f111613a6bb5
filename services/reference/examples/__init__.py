"""Bodies as they look in truth, one for each that the API takes, gives or sends."""
