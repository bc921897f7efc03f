"""Experiments written as the PyTorch programs that a person would write: each runs as it is in a
fresh interpreter and prints the numbers on the screen."""
