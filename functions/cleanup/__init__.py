"""Removes what has outlived its purpose."""
