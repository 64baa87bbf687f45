"""Where people take conversations over."""
