import pytest

from runmock.core.engine.pace import Pace
from runmock.core.errors import UsageError


@pytest.mark.parametrize(
    ("text", "waits"),
    [
        (None, 0),
        ("0", 0),
        (0, 0),
        ("", None),
        ("recorded", 100),
        (" recorded ", 100),
        ("1x", 100),
        ("2x", 50),
        ("0.5x", 200),
        ("20ms", 20),
        ("1.5s", 1500),
        ("0s", 0),
        ("7", 7),
        ("7.5", 7.5),
        (7.5, 7.5),
        ("0x", None),
        ("-1", None),
        ("-2x", None),
        ("20 ms", None),
        ("fast", None),
        ("1.2.3", None),
        (".", None),
        ("\u00b2", None),
        (True, None),
        (float("inf"), None),
        (float("nan"), None),
    ],
)
def test_how_long_a_frame_waits_for_which_the_cassette_sets_100_ms(text, waits):
    if waits is None:
        with pytest.raises(UsageError) as caught:
            Pace.read(text)
        assert str(caught.value) == (
            f"pace {text!r} is not known; give 0, recorded, 2x (twice as fast as recorded) or 20ms"
        )
    else:
        assert Pace.read(text).delay_ms(100) == waits
