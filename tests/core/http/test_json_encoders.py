"""Encoders that are made once write what Python's own write, also where there is no C encoder to borrow."""

import json

from runmock.core.http.json_encoders import encoder

VALUE = {"b": [1, 2.5, None, True, "ü\n"], "a": {}, "c": "\ud800"}


def test_values_are_encoded_as_python_does_it():
    public = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    for value in (VALUE, [], "x", 1, None, float("nan")):
        assert encoder(",", ":")(value) == public(value)


def test_without_a_c_encoder_the_text_is_the_same(monkeypatch):
    usual = encoder(",\n", ": ", sort_keys=True)(VALUE)
    monkeypatch.setattr(json.encoder, "c_make_encoder", None)
    assert encoder(",\n", ": ", sort_keys=True)(VALUE) == usual
    assert usual.startswith('{"a": {},\n"b": [1,\n2.5,')
