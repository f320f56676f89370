"""What is hidden in the texts that a page gets, and how much of it is remembered."""

from runmock.core.http.exchange import Request
from runmock.serve.curtain import Curtain


def request_with(key):
    return Request("GET", "127.0.0.1", "/v1/models", headers={"authorization": f"Bearer {key}"})


def test_the_servers_own_key_is_hidden_however_short_it_is():
    curtain = Curtain()
    assert curtain.hidden("open sesame") == "open sesame"
    curtain = Curtain()
    curtain.hide("sesame")
    assert curtain.hidden("open sesame") == "open redacted"
    curtain.hide("")
    assert curtain.keys == ()


def test_a_key_of_a_client_is_hidden_from_then_on_also_in_texts_that_were_searched_before():
    curtain = Curtain()
    assert curtain.hidden("it is a-key-of-no-shape") == "it is a-key-of-no-shape"
    curtain.note_keys(request_with("a-key-of-no-shape"))
    assert curtain.hidden("it is a-key-of-no-shape") == "it is redacted"


def test_the_latest_keys_are_known_and_short_words_are_none():
    curtain = Curtain()
    curtain.note_keys(request_with("any"))
    assert curtain.keys == ()
    for number in range(150):
        curtain.note_keys(request_with(f"key-number-{number:03}-of-a-client"))
    assert len(curtain.keys) == 100
    assert curtain.keys[-1] == "key-number-149-of-a-client"


def test_more_texts_than_are_remembered_are_searched_all_the_same():
    curtain = Curtain()
    curtain.hide("sesame")
    assert {curtain.hidden(f"{number} sesame")[-8:] for number in range(2_100)} == {"redacted"}
