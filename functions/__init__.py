"""One folder a domain; a newcomer finds a route by its path."""
