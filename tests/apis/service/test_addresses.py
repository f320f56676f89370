"""A request's row in an API's table, and how often it is looked for."""

from runmock.apis import registry


def test_the_operations_of_a_large_cassette_are_looked_for_once():
    paths = [f"/v1/threads/thread_{number}/runs/run_{number}" for number in range(2_000)]
    first = [registry.identify("GET", path) for path in paths]
    again = [registry.identify("GET", path) for path in paths]
    assert all(one is other for one, other in zip(first, again, strict=True))
    assert first[-1].ids == {"thread_id": "thread_1999", "run_id": "run_1999"}
