"""What a session shows afterwards: its runs and requests, what was left unplayed, and what looks like a defect.

Reading a report changes nothing.
"""
