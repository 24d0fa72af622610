"""Excel bytes → guarded → cells free of meaning → numbers. Knows nothing of forms or reports."""
