"""Cisco IP phone XML: the screens that 78xx and 88xx phones show, and what they answer when something is pushed.

Only Text, Input, Menu and Execute are used, because these work on every model of both series. ``render`` writes an
object, ``read`` parses one (a phone's reply to a push, or a screen for a simulated phone). Vocabulary, order of
elements and limits: Cisco's "IP Phone Services Application Development Notes" and the schema published with them.
"""

from roamline.wires.phone_xml.objects import (
    CLEAR_CALL_HISTORY,
    CLOSE_SERVICES,
    HIGHEST_SOFT_KEY_POSITION,
    LONGEST_URL,
    MOST_INPUT_ITEMS,
    MOST_MENU_ITEMS,
    Execute,
    ExecuteItem,
    Input,
    InputItem,
    InputKind,
    Menu,
    MenuItem,
    PhoneError,
    PhoneObject,
    Response,
    ResponseItem,
    Screen,
    SoftKey,
    Text,
)
from roamline.wires.phone_xml.reading import read
from roamline.wires.phone_xml.rendering import CONTENT_TYPE, push_form, render

__all__ = [
    "CLEAR_CALL_HISTORY",
    "CLOSE_SERVICES",
    "CONTENT_TYPE",
    "HIGHEST_SOFT_KEY_POSITION",
    "LONGEST_URL",
    "MOST_INPUT_ITEMS",
    "MOST_MENU_ITEMS",
    "Execute",
    "ExecuteItem",
    "Input",
    "InputItem",
    "InputKind",
    "Menu",
    "MenuItem",
    "PhoneError",
    "PhoneObject",
    "Response",
    "ResponseItem",
    "Screen",
    "SoftKey",
    "Text",
    "push_form",
    "read",
    "render",
]
