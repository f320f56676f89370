import base64
import json

import pytest

from runmock.core.secrets.hits import replaced
from runmock.core.secrets.named_secrets import named_secrets

HEX = "9f3c07ba5d1e84620ba7c9d35e18f246"
RANDOM = "Zx9qLm2Vt7Rw4Kp8Nd3HcJ6y"
BASIC = base64.b64encode(b"ada:hunter2").decode()

ROWS = [
    ("password=hunter2secret", "password=redacted", "a password"),
    ("Password: hunter2secret.", "Password: redacted.", "a password"),
    ("user=ada&password=swordfish&x=1", "user=ada&password=redacted&x=1", "a password"),
    ("https://a.example/b?pwd=abcd", "https://a.example/b?pwd=redacted", "a password"),
    ("Server=a;Uid=sa;Pwd=abc!d;Database=x", "Server=a;Uid=sa;Pwd=redacted;Database=x", "a password"),
    ("Pwd=swordfish;Initial Catalog=x", "Pwd=redacted;Initial Catalog=x", "a password"),
    ("password = 'it is 1'", "password = 'it is 1'", None),
    ('password = "it\'s1"', 'password = "redacted"', "a password"),
    ('password: "with \\" inside"', 'password: "with \\" inside"', None),
    ('{"password": "with\\"inside"}', '{"password": "redacted"}', "a password"),
    ('{"password": 12345678}', '{"password": 12345678}', None),
    ("{'password': 'swordfish'}", "{'password': 'redacted'}", "a password"),
    (json.dumps(json.dumps({"secret": RANDOM})), json.dumps(json.dumps({"secret": "redacted"})), "a secret"),
    ("password = userInput; let a=b", "password = userInput; let a=b", None),
    (f"https://a.example/b?api_key={HEX}", "https://a.example/b?api_key=redacted", "a key"),
    ("https://a.example/b?token=abc123def456&c", "https://a.example/b?token=redacted&c", "a token"),
    ("https://a.example/b?token=abc123&c", "https://a.example/b?token=abc123&c", None),
    ("e?o.key=r1.C0.NULx99y:z", "e?o.key=r1.C0.NULx99y:z", None),
    (f"key={HEX}", "key=redacted", "a key"),
    (f"Ocp-Apim-Subscription-Key: {HEX}", "Ocp-Apim-Subscription-Key: redacted", "a key"),
    (f"AccountName=a;AccountKey={RANDOM}/{RANDOM}+a==;E=x", "AccountName=a;AccountKey=redacted;E=x", "a key"),
    (f"aws_secret_access_key = {RANDOM}/ab+c", "aws_secret_access_key = redacted", "a key"),
    (f"WANDB_API_KEY={HEX}{HEX[:8]}", "WANDB_API_KEY=redacted", "a key"),
    (f"export COHERE_API_KEY='{RANDOM}'", "export COHERE_API_KEY='redacted'", "a key"),
    ("Authorization: Token 9944b09199c62bcf", "Authorization: Token redacted", "a secret"),
    ("postgres://ada:hunter2@db.example/x", "postgres://ada:redacted@db.example/x", "a password in a URL"),
    ("mongodb+srv://u:p%40ss@c.example", "mongodb+srv://u:redacted@c.example", "a password in a URL"),
    ("redis://:swordfish@h:6379/0", "redis://:redacted@h:6379/0", "a password in a URL"),
    ("https://user:password@host/x", "https://user:password@host/x", None),
    ("http://localhost:8080/a@b", "http://localhost:8080/a@b", None),
    (f"Authorization: Basic {BASIC}", "Authorization: Basic redacted", "a basic authorisation"),
    (f"curl -H basic {BASIC}", "curl -H basic redacted", "a basic authorisation"),
    ("Basic authentication, basic 123456789", "Basic authentication, basic 123456789", None),
    (f"basic {base64.urlsafe_b64encode(b'a:???>>>').decode()}", "basic redacted", "a basic authorisation"),
    ("max_tokens: 256, key: value", "max_tokens: 256, key: value", None),
    ("token = get_token(1)", "token = get_token(1)", None),
    ("İ PASSWORD=hunter2", "İ PASSWORD=redacted", "a password"),
    (f"{'a' * 70}_password=hunter2", f"{'a' * 70}_password=redacted", "a password"),
    ("", "", None),
]


@pytest.mark.parametrize(("text", "instead", "kind"), ROWS, ids=[row[0][:40] for row in ROWS])
def test_a_value_behind_a_name_in_a_text_is_removed(text, instead, kind):
    hits = named_secrets(text)
    assert replaced([text], hits)[0] == instead
    assert {hit.kind for hit in hits} == ({kind} if kind else set())
    assert named_secrets(instead) == []


@pytest.mark.parametrize(
    ("key", "text", "instead"),
    [
        ("password", "swordfish", "redacted"),
        ("key", HEX, "redacted"),
        ("Authorization", "Bearer abc12345", "Bearer redacted"),
        ("note", "swordfish", "swordfish"),
        ("token", " Hello", " Hello"),
        ("key", "password=hunter2", "password=redacted"),
    ],
)
def test_the_key_that_a_text_stands_under_is_a_name_too(key, text, instead):
    assert replaced([text], named_secrets(text, key))[0] == instead
