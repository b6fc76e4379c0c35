"""`python -m logger`: the same as `parley logger`."""

from parley.cli import app

app(["logger"])
