"""Reviewers: their accounts and sessions, the evidence as they are shown it, and what comes of their decisions."""
