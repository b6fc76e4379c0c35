"""Where a client is: whose word is believed, and what counts as one address."""

from __future__ import annotations

import ipaddress

import pytest

from gateway.addresses import client_address, place

PROXIES = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("nearest", "forwarded", "address"),
    [
        pytest.param("203.0.113.9", [], "203.0.113.9", id="no proxy"),
        pytest.param("203.0.113.9", ["198.51.100.1"], "203.0.113.9", id="spoofed"),
        pytest.param("10.0.0.1", ["198.51.100.1"], "198.51.100.1", id="one proxy"),
        pytest.param("10.0.0.1", ["1.1.1.1, 198.51.100.1"], "198.51.100.1", id="spoofed before"),
        pytest.param("10.0.0.1", ["198.51.100.1, 10.0.0.2"], "198.51.100.1", id="two proxies"),
        pytest.param("10.0.0.1", ["198.51.100.1", "10.0.0.2"], "198.51.100.1", id="two headers"),
        pytest.param("10.0.0.1", ["10.0.0.2"], "10.0.0.2", id="proxies alone"),
        pytest.param("10.0.0.1", [], "10.0.0.1", id="a proxy that says nothing"),
        pytest.param("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1", id="a mapped proxy"),
        pytest.param("::ffff:203.0.113.9", [], "203.0.113.9", id="a mapped client"),
        pytest.param("fd00::1", ["2001:DB8::0007"], "2001:db8::7", id="IPv6"),
        pytest.param("10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1", id="mapped, forwarded"),
        pytest.param("10.0.0.1", ["198.51.100.1, evil"], "evil", id="what is no address"),
        pytest.param("fe80::1%eth0", [], "fe80::1", id="a zone"),
    ],
)
def test_a_client_is_where_the_nearest_stranger_is(
    nearest: str, forwarded: list[str], address: str
) -> None:
    assert client_address(nearest, forwarded, PROXIES) == address


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("evil", "}{"),
    ],
)
def test_addresses_of_one_place(one: str, other: str) -> None:
    assert place(one) == place(other)


@pytest.mark.parametrize(
    ("one", "other"), [("2001:db8:1:2::1", "2001:db8:1:3::1"), ("203.0.113.9", "203.0.113.8")]
)
def test_addresses_of_two_places(one: str, other: str) -> None:
    assert place(one) != place(other)
