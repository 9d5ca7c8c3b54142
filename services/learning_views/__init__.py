"""How it goes, for people to read: a member's own page, a team's, and the outcomes that only a
person can settle. Nothing is decided here; comparing.py and streaks.py are pure.
"""
