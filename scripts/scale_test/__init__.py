"""The tracker on several machines, all of them this one: see docs/scaling.md."""
