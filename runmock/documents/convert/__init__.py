"""`runmock expand` and `runmock distill`: a script becomes a recording, a recording becomes the shortest script.

`show` and `diff` expand a script in the same way (`expanding.py`). Ids that a run makes itself become
aliases there (`tape/writing/aliases.py`).
"""
