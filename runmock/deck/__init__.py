"""Floor 3: the machine you put cassettes in. It answers a request from recordings and scripts, and keeps the history.

`deck.py` decides who answers, `options.py` reads what the user asked for, `remedies.py` says what mends a miss.
"""
