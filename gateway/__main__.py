"""`python -m gateway`: the same as `parley gateway`."""

from parley.cli import app

app(["gateway"])
