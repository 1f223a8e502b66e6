"""`roamline-agent ui`: lines, calls, headsets, the screen and the menu of one agent in a terminal window."""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Footer, Input, Static

from roamline_desk_agent.control_client import NotRunningError, RefusedError
from roamline_desk_agent.screen_text import headsets_text
from roamline_desk_agent.status import as_text
from roamline_desk_agent.tui.link import Link
from roamline_desk_agent.tui.screen_panel import ScreenPanel
from roamline_desk_agent.words import _, gettext_noop

AGAIN_AFTER_S = 1.0
MENU = gettext_noop("Headset setup > Associate user")
CALL_BUTTONS = {"dial": gettext_noop("Call"), "answer": gettext_noop("Answer"), "hangup": gettext_noop("Hang up")}


class PhoneApp(App[None]):
    """One agent's phone. It holds nothing itself: what it shows is what the agent says."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #screen { border: round $primary; height: auto; min-height: 7; padding: 0 1; }
    #title { text-style: bold; }
    #countdown { color: $warning; }
    #fields, #softkeys, #dialling, #menu { height: auto; }
    #number { width: 24; }
    #status, #headsets { border: round $surface; height: auto; padding: 0 1; }
    """

    def __init__(self, link: Link) -> None:
        super().__init__()
        self._link = link
        self.title = _("Roamline phone")
        self.bind("ctrl+q", "quit", description=_("Quit"))
        self.bind("f2", "associate", description=_(MENU))

    def compose(self) -> ComposeResult:
        """Part of Textual."""
        status, headsets = Static("", id="status", markup=False), Static("", id="headsets", markup=False)
        status.border_title, headsets.border_title = _("Phone"), _("Headsets")
        yield status
        yield ScreenPanel()
        with Horizontal(id="dialling"):
            yield Input(placeholder=_("number"), id="number", max_length=64)
            for name, label in CALL_BUTTONS.items():
                yield Button(_(label), id=name)
        yield headsets
        yield Vertical(Button(Content(_(MENU)), id="associate", disabled=True), id="menu")
        yield Footer()

    def on_mount(self) -> None:
        """Follow the agent as long as the window is open."""
        self.run_worker(self._follow(), exit_on_error=True)

    async def _follow(self) -> None:
        while True:
            try:
                async with aclosing(self._link.watch()) as views:
                    async for view in views:
                        await self._show(view)
            except (NotRunningError, RefusedError) as trouble:
                self.query_one("#status", Static).update(str(trouble))
            await asyncio.sleep(AGAIN_AFTER_S)

    async def _show(self, view: Mapping[str, Any]) -> None:
        status = view["status"]
        apart = {"headsets": {**status["headsets"], "connected": [], "unusable": []}, "screen": None}
        self.query_one("#status", Static).update(as_text({**status, **apart}))
        self.query_one("#headsets", Static).update(headsets_text(status["headsets"]))
        self.query_one("#dialling").display = not status["bound"]
        self.query_one("#associate", Button).disabled = not view["menu"]["associate_headset"]
        await self.query_one(ScreenPanel).show(view["screen"], read_only=view["read_only"])

    def on_screen_panel_pressed(self, event: ScreenPanel.Pressed) -> None:
        """A softkey of the phone's screen."""
        self._do({"do": "press", "screen": event.screen, "key": event.key, "fields": dict(event.fields)})

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """A button of the window."""
        match event.button.id:
            case "dial":
                self._dial()
            case "answer" | "hangup" as name:
                self._do({"do": name})
            case "associate":
                self.action_associate()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the number field."""
        if event.input.id == "number":
            self._dial()

    def action_associate(self) -> None:
        """Headset setup > Associate user (HS-23)."""
        if not self.query_one("#associate", Button).disabled:
            self._do({"do": "menu", "item": "associate_headset"})

    def _dial(self) -> None:
        self._do({"do": "dial", "number": self.query_one("#number", Input).value.strip()})

    def _do(self, request: dict[str, object]) -> None:
        self.run_worker(self._ask(request))

    async def _ask(self, request: dict[str, object]) -> None:
        try:
            await self._link.ask(request)
        except (NotRunningError, RefusedError) as trouble:
            self.notify(str(trouble), severity="error", markup=False)


def run_ui(state: Path) -> None:
    """Show the window until it is closed."""
    PhoneApp(Link(state)).run()
