"""A large upload in pieces: what stays of it means the same, whatever the pieces are."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runmock.core.http.multipart import sent_parts, upload
from runmock.core.http.upload_in_pieces import UploadInPieces

KIND = "multipart/form-data; boundary=B"


def body(*contents):
    heads = [f'--B\r\nContent-Disposition: form-data; name="f{n}"; filename="{n}.txt"\r\n\r\n' for n in range(9)]
    parts = [head.encode() + content + b"\r\n" for head, content in zip(heads, contents, strict=False)]
    return b"".join(parts) + b"--B--\r\n"


def read(data, size, most_kept=10):
    pieces = UploadInPieces("B", most_kept)
    for at in range(0, len(data), size):
        pieces.feed(data[at : at + size])
    return pieces.body()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100, 10_000])
def test_short_parts_stay_as_they_were(size):
    sent = body(b"abc", b"", b"\r\n--", b"\r\n--C\r\n")
    assert read(sent, size) == sent


@pytest.mark.parametrize("size", [1, 5, 10_000])
def test_of_a_long_part_size_and_digest_stay(size):
    long = b"0123456789x"
    shortened = read(body(b"0123456789", long), size)
    assert long not in shortened
    first, second = sent_parts(shortened, KIND)
    assert (first.data, first.lost) == (b"0123456789", None)
    assert (second.data, second.lost) == (b"", (11, hashlib.sha256(long).hexdigest()))
    assert upload(shortened, KIND) == upload(body(b"0123456789", long), KIND)


def test_what_comes_after_the_end_is_left_out():
    assert read(body(b"abc") + b"--B\r\n\r\n\r\nmore", 4) == body(b"abc")


def test_a_part_that_was_cut_off_is_left_out():
    assert read(body(b"abc", b"def")[:-12], 4) == body(b"abc")


@given(st.lists(st.lists(st.sampled_from([b"a", b"\r", b"\n", b"-", b"--B", b"\r\n--"])).map(b"".join), max_size=3), st.integers(1, 9))  # fmt: skip
def test_it_means_the_same_whatever_the_pieces_are(contents, size):
    contents = [content for content in contents if b"\n--B" not in b"\n" + content]
    sent = body(*contents)
    assert upload(read(sent, size, 4), KIND) == upload(sent, KIND)
