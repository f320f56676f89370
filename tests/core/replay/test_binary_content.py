import hashlib

from runmock.core.replay.binary_content import BinaryContent

DIGEST = hashlib.sha256(b"\x89PNG").hexdigest()


def test_contents_are_equal_by_size_and_digest_wherever_the_bytes_are():
    inside = BinaryContent.of(b"\x89PNG")
    beside = BinaryContent(4, DIGEST, lambda: b"never read", "x.files/a.png")
    assert inside == beside == inside.without_bytes()
    assert inside != BinaryContent.of(b"\x89PNH")
    assert (inside.read(), inside.without_bytes().read) == (b"\x89PNG", None)
