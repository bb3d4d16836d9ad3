"""Contracts of every event: one module a domain, one typed model an event.

Data holds ids, enums and numbers; consumers read what they need. Each contract has a JSON Schema
and a sample beside it (`schemas/`, `samples/`), written by `make fix` and checked by the tests.
"""
