"""What the paths of health name."""

from functions.health.documents import _page

VALUES = {"version": "v1", "asset": lambda plot: _page()["assets"][0]["name"]}
