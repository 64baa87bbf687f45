"""The desk for helpdesks: a signed webhook that tells them, and an API by which they answer."""
