"""Speed and memory as ratios against named peers, measured in the same run: never in a timed test."""
