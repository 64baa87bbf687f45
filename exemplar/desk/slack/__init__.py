"""The desk in Slack: a channel in which each handover is a message with its brief, and a thread."""
