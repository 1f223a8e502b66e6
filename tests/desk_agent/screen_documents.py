"""Screens as a server sends them."""

from typing import Any

PIN = "7482915"


def association(id_: str = "s-1", text: str = "Headset TL40A0007") -> dict[str, Any]:
    """An unassociated headset was connected (HS-20)."""
    return {
        "id": id_,
        "title": "Associate headset to user",
        "text": text,
        "fields": [
            {"name": "userid", "label": "User ID", "kind": "text", "value": "alice", "choices": []},
            {"name": "pin", "label": "PIN", "kind": "pin", "value": "", "choices": []},
        ],
        "softkeys": [{"key": "submit", "label": "Submit"}, {"key": "exit", "label": "Exit"}],
        "countdown": None,
    }


def offer(id_: str = "s-2", seconds: float = 12) -> dict[str, Any]:
    """A pinless offer (HS-25) with a choice of profiles."""
    choices = [{"value": "desk", "label": "Desk"}, {"value": "home", "label": "At home"}]
    return {
        "id": id_,
        "title": "Sign in",
        "text": "Sign in as Alice?",
        "fields": [{"name": "profile", "label": "Profile", "kind": "choice", "value": "desk", "choices": choices}],
        "softkeys": [{"key": "sign_in", "label": "Sign in"}, {"key": "cancel", "label": "Cancel"}],
        "countdown": {"until": "2026-01-01T00:00:12+00:00", "seconds": seconds, "then": "sign_in"},
    }
