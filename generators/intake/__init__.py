"""Inbox files → submissions: settled file → guarded bytes → cells → what the form says."""
