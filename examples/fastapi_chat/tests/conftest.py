"""The application makes its client when it is imported, and a client needs a key; any text will do."""

import os

os.environ.setdefault("OPENAI_API_KEY", "test")
