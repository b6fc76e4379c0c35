"""`python -m parley`: the same as `parley`."""

from parley.cli import main

main()
