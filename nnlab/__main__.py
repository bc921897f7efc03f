"""`python -m nnlab`: what the app does, at a command line."""

from __future__ import annotations

import sys

from nnlab.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
