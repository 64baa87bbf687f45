"""SESSIONS: recorded conversations of outstanding agents, and what is learned from them."""
