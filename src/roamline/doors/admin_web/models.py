"""Accounts as administrators look for them: end users and application users on lists of their own."""

from __future__ import annotations

from roamline.rooms.directory.models import Account


class EndUser(Account):
    """An account that is a person."""

    class Meta:
        proxy = True
        ordering = ["user_id"]


class ApplicationUser(Account):
    """An account that is a program or an administrator."""

    class Meta:
        proxy = True
        ordering = ["user_id"]
