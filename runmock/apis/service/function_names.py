"""How the functions that a model calls may be named."""

import re

NAME_LETTERS = "[a-zA-Z0-9_-]"
LONGEST_NAME = 64
FUNCTION_NAME = re.compile(rf"{NAME_LETTERS}{{1,{LONGEST_NAME}}}")
