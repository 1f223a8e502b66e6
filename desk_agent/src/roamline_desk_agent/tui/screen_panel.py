"""The phone's screen in the window: title, text, fields, softkeys, countdown."""

from collections.abc import Mapping
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input, Label, Select, Static

from roamline_desk_agent.screen_text import NOTHING, countdown_text
from roamline_desk_agent.screens import MOST_TYPED
from roamline_desk_agent.words import _

DIGITS = r"[0-9*#+]*"


class ScreenPanel(Vertical):
    """Is built anew when another screen comes, and otherwise left alone: nobody's typing is lost."""

    class Pressed(Message):
        """A softkey, and what was typed. The fields may hold a PIN: not for logs."""

        def __init__(self, screen: str, key: str, fields: Mapping[str, str]) -> None:
            super().__init__()
            self.screen, self.key, self.fields = screen, key, fields

        def __rich_repr__(self) -> Any:
            yield self.key

    def __init__(self) -> None:
        super().__init__(id="screen")
        self.border_title = _("Screen")
        self._shown: Mapping[str, Any] | None = None

    def compose(self) -> ComposeResult:
        """Part of Textual."""
        yield Static(_(NOTHING), id="title", markup=False)
        yield Static("", id="text", markup=False)
        yield Vertical(id="fields")
        yield Static("", id="countdown", markup=False)
        yield Horizontal(id="softkeys")

    async def show(self, screen: Mapping[str, Any] | None, *, read_only: bool) -> None:
        """Show this screen, or none."""
        self.query_one("#countdown", Static).update(countdown_text(screen) if screen else "")
        if (screen or {}).get("id") == (self._shown or {}).get("id"):
            return
        self._shown = screen
        self.query_one("#title", Static).update(screen["title"] if screen else _(NOTHING))
        text = screen["text"] if screen else ""
        self.query_one("#text", Static).update(
            f"{text}\n({_('answer on the phone')})" if screen and read_only else text
        )
        await self._rebuild("#fields", _fields(screen, read_only))
        await self._rebuild("#softkeys", _softkeys(screen, read_only))
        fields = list(self.query("#fields Input").results(Input))
        for field in [each for each in fields if not each.value][:1] or fields[:1]:
            field.focus()

    async def _rebuild(self, where: str, widgets: list[Widget]) -> None:
        container = self.query_one(where)
        await container.remove_children()
        await container.mount_all(widgets)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """A softkey was pressed."""
        event.stop()
        self._press(str(event.button.name))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a field is the first softkey."""
        event.stop()
        if self._shown and self._shown["softkeys"]:
            self._press(self._shown["softkeys"][0]["key"])

    def _press(self, key: str) -> None:
        if self._shown is None:
            return
        fields = {}
        for field in self.query("#fields Input").results(Input):
            fields[str(field.name)] = field.value
            if field.password:
                field.value = ""
        for choice in self.query("#fields Select").results(Select):
            fields[str(choice.name)] = str(choice.value)
        self.post_message(self.Pressed(self._shown["id"], key, fields))


def _fields(screen: Mapping[str, Any] | None, read_only: bool) -> list[Widget]:
    widgets: list[Widget] = []
    for field in screen["fields"] if screen else []:
        widgets.append(Label(field["label"], markup=False))
        is_choice = field["kind"] == "choice" and field["choices"]
        widgets.append(_choice(field, read_only) if is_choice else _input(field, read_only))
    return widgets


def _input(field: Mapping[str, Any], read_only: bool) -> Widget:
    return Input(
        field["value"],
        name=field["name"],
        password=field["kind"] == "pin",
        restrict=DIGITS if field["kind"] == "digits" else None,
        max_length=MOST_TYPED,
        disabled=read_only,
    )


def _choice(field: Mapping[str, Any], read_only: bool) -> Widget:
    options = [(Content(each["label"]), each["value"]) for each in field["choices"]]
    values = [value for _label, value in options]
    chosen = field["value"] if field["value"] in values else values[0]
    return Select(options, value=chosen, allow_blank=False, name=field["name"], disabled=read_only)


def _softkeys(screen: Mapping[str, Any] | None, read_only: bool) -> list[Widget]:
    keys = screen["softkeys"] if screen else []
    return [Button(Content(key["label"]), name=key["key"], disabled=read_only) for key in keys]
