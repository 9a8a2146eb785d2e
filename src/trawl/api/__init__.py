"""The JSON of the HTTP API, for both of its ends: bodies and parameters that come in, answers that go out."""
