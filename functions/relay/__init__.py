"""Publishes committed events that are still in the outbox."""
