import pytest

from runmock.core.secrets.secret_names import Mark, Name, is_placeholder, is_secret, strength

HEX = "9f3c07ba5d1e84620ba7c9d35e18f246"
RANDOM = "Zx9qLm2Vt7Rw4Kp8Nd3HcJ6y"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("password", (Name.PASSWORD, "a password")),
        ("DB_PASSWORD", (Name.PASSWORD, "a password")),
        ("dbpassword", (Name.PASSWORD, "a password")),
        ("userPwd", (Name.PASSWORD, "a password")),
        ("passwords", (Name.PASSWORD, "a password")),
        ("password2", (Name.PASSWORD, "a password")),
        ("api_key", (Name.SECRET, "a key")),
        ("apikey", (Name.SECRET, "a key")),
        ("X-API-Key", (Name.SECRET, "a key")),
        ("AccountKey", (Name.SECRET, "a key")),
        ("aws_secret_access_key", (Name.SECRET, "a key")),
        ("Ocp-Apim-Subscription-Key", (Name.SECRET, "a key")),
        ("accessToken", (Name.SECRET, "a token")),
        ("client_secret", (Name.SECRET, "a secret")),
        ("credentials", (Name.SECRET, "a secret")),
        ("Authorization", (Name.SECRET, "a secret")),
        ("key", (Name.KEY, "a key")),
        ("token", (Name.KEY, "a token")),
        ("wandb_key", (Name.KEY, "a key")),
        ("primary_key", (Name.NOTHING, "")),
        ("next_page_token", (Name.NOTHING, "")),
        ("idempotencyKey", (Name.NOTHING, "")),
        ("prompt_cache_key", (Name.NOTHING, "")),
        ("monkey", (Name.NOTHING, "")),
        ("token_count", (Name.NOTHING, "")),
        ("1", (Name.NOTHING, "")),
        ("", (Name.NOTHING, "")),
    ],
)
def test_a_name_decides_how_secret_its_value_is(name, expected):
    assert strength(name) == expected


@pytest.mark.parametrize(
    "value", ["hunter2secret", "swordfish", "abcd", "p@ss", "correct-horse", "12345678", "$ecret12"]
)
def test_a_password_may_be_any_text(value):
    assert is_secret(Name.PASSWORD, value)


@pytest.mark.parametrize(
    "value", ["abc", "two words 12", "required", "redacted", "<password>", "********", "", "/home/ada/x"]
)
def test_what_is_no_password(value):
    assert not is_secret(Name.PASSWORD, value)


@pytest.mark.parametrize(
    ("value", "mark", "is_one"),
    [
        ("swordfish", Mark.TIGHT, True),
        ("swordfish", Mark.NOTHING, False),
        ("hunter2", Mark.NOTHING, True),
        ("two-factor", Mark.NOTHING, False),
        ("get_password()", Mark.TIGHT, False),
        ("settings.password", Mark.TIGHT, False),
        ("user_given_text", Mark.TIGHT, False),
        ("words[0]", Mark.TIGHT, False),
        ("ab1", Mark.TIGHT, False),
    ],
)
def test_a_password_that_is_not_marked_must_be_no_word_and_no_code(value, mark, is_one):
    assert is_secret(Name.PASSWORD, value, mark) is is_one


@pytest.mark.parametrize(
    "value", [HEX, RANDOM, "mysecretphrase0042", "abc12345", "123e4567-e89b-12d3-a456-426614174000"]
)
def test_behind_an_api_key_stand_letters_and_digits(value):
    assert is_secret(Name.SECRET, value)


@pytest.mark.parametrize(
    "value",
    ["short1", "justletters", "my-key-2", "file-abc12345", "sha256:0123abcd", "https://a.example/b1", "f(a1)bcdefg"],
)
def test_what_is_no_secret_behind_an_api_key(value):
    assert not is_secret(Name.SECRET, value)


@pytest.mark.parametrize("value", [HEX, HEX.upper(), HEX * 2, RANDOM, "1" * 32])
def test_behind_a_bare_key_stands_what_looks_random(value):
    assert is_secret(Name.KEY, value)


@pytest.mark.parametrize(
    "value",
    [
        "abc12345",
        "mysecretphrase000042x",
        "claude-3-5-sonnet-20241022",
        "123e4567-e89b-12d3-a456-426614174000",
        "uploads/aB3dE5fG7hI9jK1lM3nO5",
        "aB3dE5fG7hI9jK1lM3nO5.png",
        "thread_Zx9qLm2Vt7Rw4Kp8Nd3HcJ6y",
    ],
)
def test_what_is_no_secret_behind_a_bare_key(value):
    assert not is_secret(Name.KEY, value)


def test_behind_any_other_name_nothing_is_secret():
    assert not is_secret(Name.NOTHING, HEX)


@pytest.mark.parametrize(
    "value",
    [
        "your_api_key",
        "<token>",
        "{key}",
        "${KEY}",
        "$KEY",
        "%s",
        "%(key)s",
        "[hidden]",
        "***",
        "xxxx-xxxx1",
        "sk-...",
        "REDACTED",
    ],
)
def test_a_placeholder_is_recognised_by_itself(value):
    assert is_placeholder(value)


@pytest.mark.parametrize("value", ["swordfish", "password1", "%40bc", "$ecret"])
def test_what_is_no_placeholder(value):
    assert not is_placeholder(value)
