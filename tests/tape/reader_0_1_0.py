"""All times of a recording as runmock 0.1.0 read them: a small reader of its own, which shares no code with runmock."""

from datetime import datetime

import yaml


def as_0_1_0(text):
    """All times in a cassette, by key, sorted."""
    document = yaml.load(text, yaml.BaseLoader)  # every scalar is a text
    at = (document.get("recorded") or {}).get("at")
    reader = _Reader(1_767_225_600 if at is None else int(datetime.fromisoformat(at).timestamp()))
    for interaction in document.get("interactions") or []:
        events = [part for item in interaction.get("stream") or [] if isinstance(item, dict) for part in item.values()]
        for payload in [interaction.get("json"), *events]:
            if isinstance(payload, dict):
                reader.read(payload)
    return sorted(reader.times)


class _Reader:
    def __init__(self, base):
        self.base, self.objects, self.times = base, {}, []

    def read(self, payload):
        whole = self.whole(payload)
        self.know(whole)
        self.collect(whole)

    def whole(self, value):
        if isinstance(value, list):
            return [self.whole(part) for part in value]
        if not isinstance(value, dict):
            return value
        parts = {key: self.whole(part) if isinstance(part, list) else part for key, part in value.items()}
        if "same" not in parts:
            return parts
        return {
            key: part
            for key, part in {**self.objects[parts["same"]], **parts}.items()
            if key not in parts.get("drop", [])
        }

    def know(self, value):
        if isinstance(value, list):
            for part in value:
                self.know(part)
        elif isinstance(value, dict) and not str(value.get("object")).endswith(".delta"):
            self.know(list(value.values()))
            if isinstance(value.get("id"), str):
                self.objects[value["id"]] = value

    def collect(self, value):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(part, dict | list):
                self.collect(part)
            elif str(key).endswith("_at") and part not in {"null", ""}:
                self.times.append((key, self.base + int(part.rstrip("s")) if part[0] in "+-" else int(part)))
