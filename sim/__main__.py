"""`python3 -m sim`: the command line, from a fresh clone on."""

import sys

from sim.commands import main

if __name__ == "__main__":
    sys.exit(main())
