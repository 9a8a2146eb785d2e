"""The HTTP API: requests in, answers out. What the calls mean is decided in `trawl.tasks`."""
