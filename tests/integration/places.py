"""The Redis and the database that a test runs on.

Owns: which of them are tried together.
Never: making them; the folder's `conftest.py` does.

A claim that Redis and the database keep together is tried in every place: that is so unless a test
says otherwise. Most claims are kept by the gateway with the one, or with the other: `each_kind`.
"""

import pytest

# As `parley serve` has them, and as separate services have them.
EACH_KIND = ["fakeredis-sqlite", "redis-postgresql"]
# What a Cluster does has nothing to do with the kind of database.
ON_A_CLUSTER = "cluster-sqlite"

each_kind = pytest.mark.parametrize("place", EACH_KIND, indirect=True)
each_kind_and_a_cluster = pytest.mark.parametrize(
    "place", [*EACH_KIND, ON_A_CLUSTER], indirect=True
)
