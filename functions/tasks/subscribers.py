"""Reactions of tasks to other domains' facts."""

from shared.consumer import Subscribers

subscribers = Subscribers()
