import pytest
from conversation import MESSAGES, Service
from hypothesis import given
from hypothesis import strategies as st

THREAD = f"threads: [{{id: thread_1, messages: [{', '.join(f'{{role: user, content: hi, id: msg_{n}}}' for n in range(1, 6))}]}}]"


def page(query, cassette=THREAD):
    return Service(cassette).asks("GET", f"{MESSAGES}?{query}")


def ids(listed):
    return " ".join(message["id"].removeprefix("msg_") for message in listed["data"])


@pytest.mark.parametrize(
    ("query", "expected", "has_more"),
    [
        ("", "5 4 3 2 1", False),
        ("order=desc", "5 4 3 2 1", False),
        ("order=asc", "1 2 3 4 5", False),
        ("limit=2", "5 4", True),
        ("limit=5", "5 4 3 2 1", False),
        ("limit=0", "", True),
        ("limit=2&after=msg_4", "3 2", True),
        ("limit=2&after=msg_3", "2 1", False),
        ("after=msg_1", "", False),
        ("after=msg_9", "", False),
        ("before=msg_3", "5 4", False),
        ("before=msg_2&limit=2", "4 3", True),
        ("before=msg_2&limit=3", "5 4 3", False),
        ("before=msg_2&limit=0", "", True),
        ("before=msg_9", "5 4 3 2 1", False),
        ("order=asc&before=msg_3", "1 2", False),
        ("order=asc&after=msg_1&before=msg_4", "2 3", False),
        ("order=asc&after=msg_4&before=msg_2", "5", False),
        ("limit=2&limit=1", "5", True),
    ],
)
def test_a_page(query, expected, has_more):
    listed = page(query)
    assert (listed["object"], ids(listed), listed["has_more"]) == ("list", expected, has_more)
    first_and_last = (listed["data"][0]["id"], listed["data"][-1]["id"]) if expected else (None, None)
    assert (listed["first_id"], listed["last_id"]) == first_and_last


def test_a_page_has_20_items_where_no_limit_is_set():
    service = Service()
    for _ in range(21):
        service.asks("POST", MESSAGES, {"role": "user", "content": "hi"})
    listed = service.asks("GET", MESSAGES)
    assert (len(listed["data"]), listed["has_more"]) == (20, True)


def test_an_empty_list_has_null_ids():
    assert page("", "threads: []") == {
        "object": "list",
        "data": [],
        "first_id": None,
        "last_id": None,
        "has_more": False,
    }


def test_after_may_name_a_message_that_the_filter_leaves_out():
    service = Service(THREAD.replace("]}]", "]}]\nruns: [{reply: a}, {reply: b}]"))
    first, second = (service.finishes(service.creates()) for _ in range(2))
    earlier, later = service.messages()[-2:]
    assert service.asks("GET", f"{MESSAGES}?run_id={second['id']}&order=asc&after={earlier['id']}")["data"] == [later]
    assert service.asks("GET", f"{MESSAGES}?run_id={first['id']}&order=asc&after={earlier['id']}")["data"] == []


@given(st.integers(0, 12), st.integers(1, 5), st.sampled_from(["asc", "desc"]))
def test_paging_through_a_list_returns_every_item_once(count, limit, order):
    service = Service()
    made = [service.asks("POST", MESSAGES, {"role": "user", "content": "hi"})["id"] for _ in range(count)]
    item_ids, query = [], f"limit={limit}&order={order}"
    listed = {"last_id": None, "has_more": True}
    while listed["has_more"]:
        after = f"&after={listed['last_id']}" if item_ids else ""
        listed = service.asks("GET", f"{MESSAGES}?{query}{after}")
        item_ids += [message["id"] for message in listed["data"]]
    assert item_ids == (made if order == "asc" else made[::-1])


@pytest.mark.parametrize("path", ["/assistants", MESSAGES, "/threads/thread_1/runs"])
def test_every_list_has_the_same_shape(path):
    assert set(Service().asks("GET", path)) == {"object", "data", "first_id", "last_id", "has_more"}
