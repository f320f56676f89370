"""Recorded requests and answers, and what answers from them.

An `Interaction` is one recorded request with its answer; a `Player` answers from them; `matching` says when two
requests mean the same; `record_modes` is the table of what is done with a request; `miss` writes the message for a
request that nothing answers.
"""
