"""What the company tells its customers, in pages that it edits, and the passage that answers a question."""
