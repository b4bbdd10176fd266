"""Releases: a gate, a sealed study and a reviewer, one after the other, until the champion moves or it is refused.

Every function here is one step of a release. The pipeline calls them in turn; each also has a command of its own.
"""
