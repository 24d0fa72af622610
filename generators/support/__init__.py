"""Small helpers that know nothing of reports."""
