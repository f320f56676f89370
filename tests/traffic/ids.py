"""Real ids and the aliases that a cassette has for them."""

import re

_WORD = re.compile(r"([A-Za-z0-9_-]+)")


class Ids:
    """Real ids and aliases, one for one."""

    def __init__(self):
        self.aliases, self.reals, self.wholes = {}, {}, []

    def are_same(self, real, recorded):
        """Whether two JSON values are the same but for ids; keys and their order count."""
        if isinstance(real, dict) and isinstance(recorded, dict):
            return list(real) == list(recorded) and all(self._are_same_at(key, real, recorded) for key in real)
        if isinstance(real, list) and isinstance(recorded, list):
            return len(real) == len(recorded) and all(map(self.are_same, real, recorded))
        if isinstance(real, str) and isinstance(recorded, str):
            parts, others = (_WORD.split(text) for text in (real, recorded))
            return len(parts) == len(others) and all(map(self._is_same, parts, others))
        return real == recorded and type(real) is type(recorded)

    def _are_same_at(self, key, real, recorded):
        """The same of the values at a key; what is encrypted has an alias as a whole."""
        if key != "encrypted_content" or not isinstance(real[key], str):
            return self.are_same(real[key], recorded[key])
        self.wholes.append(real[key])
        return self._is_same(real[key], recorded[key])

    def _is_same(self, real, recorded):
        if real == recorded and real not in self.aliases:
            return True
        is_alias = re.fullmatch(r"[a-z]+_[0-9]+", recorded) is not None
        return (
            is_alias
            and self.aliases.setdefault(real, recorded) == recorded
            and self.reals.setdefault(recorded, real) == real
        )

    def aliased(self, text):
        """A text as the client writes it that has been told the aliases in the place of the real ids."""
        for real in self.wholes:
            text = text.replace(real, self.aliases[real])
        return "".join(self.aliases.get(part, part) for part in _WORD.split(text))


def in_order_of(pattern, value):
    """A value with the keys of its objects in the order of another's, as far as that has them."""
    if isinstance(value, list) and isinstance(pattern, list) and len(value) == len(pattern):
        return list(map(in_order_of, pattern, value))
    if not isinstance(value, dict) or not isinstance(pattern, dict):
        return value
    keys = [*(key for key in pattern if key in value), *(key for key in value if key not in pattern)]
    return {key: in_order_of(pattern.get(key), value[key]) for key in keys}
