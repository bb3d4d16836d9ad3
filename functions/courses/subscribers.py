"""Reactions of courses to other domains' facts: none so far, limits read the tier at admission."""

from shared.consumer import Subscribers

subscribers = Subscribers()
