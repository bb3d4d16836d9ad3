"""Health, documentation and versions; the answer to unknown paths."""
