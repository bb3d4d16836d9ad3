"""What other companies' systems tell us: verified, stored, and turned into facts."""
