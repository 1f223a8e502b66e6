"""What the control socket can ask about headsets and the screen."""

from collections.abc import Mapping
from typing import Any

from roamline_desk_agent.desk import Desk
from roamline_desk_agent.phone import CannotDoError
from roamline_desk_agent.screens import MOST_FIELDS
from roamline_desk_agent.secret import Secret
from roamline_desk_agent.words import _

REQUESTS = ("screen", "press", "menu", "headsets", "plug", "unplug")


async def do_at_desk(desk: Desk, request: Mapping[str, object]) -> Any:
    """The result of one of REQUESTS. Raises CannotDoError."""
    match request.get("do"):
        case "press":
            fields = {name: Secret(value) for name, value in _fields(request).items()}
            await desk.press(_text(request, "key"), fields, _text(request, "screen") or None)
        case "menu":
            await desk.choose(_text(request, "item"))
        case "plug":
            model, vendor = _text(request, "model"), _text(request, "vendor")
            return desk.plug(_text(request, "serial"), model, vendor).as_document()
        case "unplug":
            return desk.unplug(_text(request, "serial"), _text(request, "reason") or "unplugged").as_document()
        case "headsets":
            return desk.rack.as_document()
    return desk.shown()


def _fields(request: Mapping[str, object]) -> dict[str, str]:
    fields = request.get("fields", {})
    if not isinstance(fields, dict) or len(fields) > MOST_FIELDS:
        raise CannotDoError(_("fields must be an object of at most %(most)s values") % {"most": MOST_FIELDS})
    if not all(isinstance(value, str) for value in fields.values()):
        raise CannotDoError(_("a field's value must be a text"))
    return fields


def _text(request: Mapping[str, object], name: str) -> str:
    value = request.get(name, "")
    if not isinstance(value, str):
        raise CannotDoError(_("%(name)s must be a text") % {"name": name})
    return value
