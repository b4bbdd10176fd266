"""Replies in the form that was asked for."""
