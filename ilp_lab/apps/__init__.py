"""Boards as apps: what managers open in a browser, without a notebook and without a line of code in sight.

``table`` says which boards there are, ``opening`` opens one in its own Python, ``server`` and ``pages`` bring it to the
browser, ``serving`` says who may reach it; ``home`` is the start page of the lab, ``standing`` how a case stands.
"""
