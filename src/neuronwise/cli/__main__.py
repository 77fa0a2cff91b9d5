"""`python -m neuronwise.cli`: the command where it is not on the path."""

import sys

from neuronwise.cli import main

sys.exit(main())
