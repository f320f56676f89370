"""Patches of functions: ours are on top, and nothing of them stays."""

from runmock.transports.patching.patches import Patches


class Base:
    def ask(self):
        return "base"


class Heir(Base):
    pass


class Own(Base):
    def ask(self):
        return "own"


def louder(original):
    return lambda self: original(self).upper()


def put_twice(kind):
    patches = Patches()
    for _ in range(2):
        patches.put(kind, "ask", louder)
    return patches


def test_what_a_class_has_itself_comes_back():
    before = dict(vars(Own))
    patches = put_twice(Own)
    assert Own().ask() == "OWN"
    assert patches.beneath(Own, "ask") is before["ask"]
    patches.take_away()
    assert dict(vars(Own)) == before


def test_what_a_class_inherits_is_inherited_again():
    before = dict(vars(Heir))
    patches = put_twice(Heir)
    assert (Heir().ask(), Base().ask()) == ("BASE", "base")
    patches.take_away()
    assert dict(vars(Heir)) == before
    assert Heir().ask() == "base"


def test_ours_stays_below_what_others_have_put_above_it():
    before = Own.ask
    patches = put_twice(Own)
    ours = Own.ask
    try:
        Own.ask = lambda self: f"[{ours(self)}]"
        patches.take_away()
        assert Own().ask() == "[OWN]"
    finally:
        Own.ask = before
