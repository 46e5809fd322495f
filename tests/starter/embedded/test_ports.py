"""That every port which cannot be had is named, with who has it and what chooses another."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from starter.embedded.ports import PortsTaken, check_ports, is_free, who_listens


@pytest.fixture
def taken() -> Iterator[list[int]]:
    """Two ports on which this process listens, one of them on every address of the machine."""
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("0.0.0.0", 0)) as two:
        yield [one.getsockname()[1], two.getsockname()[1]]


@pytest.fixture
def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_free_ports_are_no_fault(free: int) -> None:
    check_ports({"TWENTYDAYS_WEB_PORT": free})
    assert is_free(free)


def test_every_taken_port_is_named_with_who_has_it_and_what_chooses_another(taken: list[int], free: int) -> None:
    ports = {"TEMPORAL_ADDRESS": taken[0], "TWENTYDAYS_SMTP_PORT": free, "TWENTYDAYS_WEB_PORT": taken[1]}
    with pytest.raises(PortsTaken) as refused:
        check_ports(ports)
    first, second = str(refused.value).splitlines()
    assert first.startswith(f"Port {taken[0]} is taken by process {os.getpid()} (")
    assert first.endswith("choose another with TEMPORAL_ADDRESS=127.0.0.1:<port>.")
    assert second.startswith(f"Port {taken[1]} is taken by process {os.getpid()} (")
    assert second.endswith("choose another with TWENTYDAYS_WEB_PORT=<port>.")


def test_two_servers_cannot_be_given_one_port(free: int) -> None:
    with pytest.raises(PortsTaken) as refused:
        check_ports({"TWENTYDAYS_SMTP_PORT": free, "TWENTYDAYS_WEB_PORT": free})
    assert f"Port {free} of TWENTYDAYS_SMTP_PORT is also that of TWENTYDAYS_WEB_PORT" in str(refused.value)


def test_a_port_that_was_just_left_counts_as_free(free: int) -> None:
    with socket.create_server(("127.0.0.1", free)) as server:
        client = socket.create_connection(("127.0.0.1", free))
        server.accept()[0].close()  # leaves the server's side waiting
    client.close()
    assert is_free(free)


def test_nobody_is_named_for_a_port_on_which_nobody_listens(free: int) -> None:
    assert who_listens(free) is None
