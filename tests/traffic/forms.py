"""Which recordings are in a form of YAML that is not vcrpy's usual one."""

import re

_OTHER = re.compile(r"^(?:http_interactions| +parsed_body| +status_code):", re.MULTILINE)


def is_of_another_form(path):
    """Whether a recording is one of VCR for Ruby, has bodies as `parsed_body`, or is in vcrpy's older form."""
    return path.suffix in {".yml", ".yaml"} and _OTHER.search(path.read_text(encoding="utf-8")) is not None
