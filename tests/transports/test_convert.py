"""Requests of an HTTP library become requests of core."""

import httpx
import httpx2
import pytest

from runmock.transports.convert import HeaderReader


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_the_headers_of_many_requests_are_read_and_equal_ones_once(library):
    reader, url = HeaderReader(), "https://api.openai.com/v1/threads"
    numbers = [*range(12), *range(12)]
    read = [reader.of(library.Request("GET", url, headers={"X-Number": str(number)})) for number in numbers]
    assert [one["x-number"] for one in read] == [str(number) for number in numbers]
    again = reader.of(library.Request("GET", url, headers={"X-Number": "11"}))
    assert again is read[-1]
    assert reader.of(library.Request("GET", url, headers={"X-Number": "11", "accept": "a"})) == {**again, "accept": "a"}
