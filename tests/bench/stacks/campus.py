"""This project: the real entry of the function for tasks."""

from functions.tasks.handler import handle

__all__ = ["handle"]
