"""A later version of the tracker, as far as its tables go: see docs/scaling.md."""
