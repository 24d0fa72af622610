"""Dataset + template → the official Word report."""
