"""A sandbox is a process of its own in which a module that somebody wrote is built, looked at and
trained: it can't reach files, the network or other processes, and is killed when it takes too much.
Only numbers and short texts come back."""
