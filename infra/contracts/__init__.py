"""Schemas and samples of events: what is promised to consumers, in files that tools can read."""
