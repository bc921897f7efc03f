"""Bugs that everyone makes once. Each is a small real program beside its mended twin, and what is
shown as code is what runs."""
