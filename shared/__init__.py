"""The layer every function stands on. It never names a domain."""
