"""What people are told, how, and when not."""
