"""People: sign-in, profile, plan, API keys, devices."""
