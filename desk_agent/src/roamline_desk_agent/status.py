"""The agent's state as a JSON document, and as text for people. Neither ever holds a secret."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from roamline_desk_agent.accounts import address
from roamline_desk_agent.agent import Agent
from roamline_desk_agent.calls import Call, EndedCall
from roamline_desk_agent.configuration import Configuration, Line
from roamline_desk_agent.phone import Phone
from roamline_desk_agent.terminal import padded
from roamline_desk_agent.words import _, gettext_noop

Document = dict[str, Any]
WAYS = {"in": gettext_noop("from"), "out": gettext_noop("to")}


def snapshot(agent: Agent) -> Document:
    """Everything `roamline-agent status --json` prints."""
    now, wanted = agent.applied, agent.desired
    pending = wanted.version if wanted and not wanted.is_same_as(now) else None
    return {
        "device": agent.server.device,
        "server": {"url": agent.server.url, "state": agent.server_state, "reports_waiting": len(agent.reports)},
        "bound": agent.desk.is_bound,
        "baresip": agent.baresip_facts(),
        "version": now.version if now else None,
        "stamp": now.stamp if now else None,
        "pending_version": pending,
        "user": asdict(now.user) if now and now.user else None,
        "locale": now.locale if now else None,
        "lines": [_line(line, now, agent.phone) for line in now.lines] if now else [],
        "speed_dials": [asdict(each) for each in now.speed_dials] if now else [],
        "emergency_numbers": list(now.emergency_numbers) if now else [],
        "calls": [_call(call) for call in agent.phone.book.calls],
        "last_call": _ended(agent.phone.book.last),
        "call_history": [_ended(each) for each in reversed(agent.phone.book.history)],
        "headsets": agent.desk.rack.as_document(),
        "screen": agent.desk.screen.title if agent.desk.screen else None,
    }


def _line(line: Line, configuration: Configuration, phone: Phone) -> Document:
    state = phone.registrations.of(address(line.number, configuration.realm))
    return {**asdict(line), "registered": state.is_registered, "state": state.state, "reason": state.reason or None}


def _call(call: Call) -> Document:
    return {
        "call_id": call.call_id,
        "line": call.aor,
        "peer": call.peer,
        "direction": call.direction,
        "state": call.state,
        "since": call.since.isoformat(),
        "established_at": call.established_at.isoformat() if call.established_at else None,
        "rtp": asdict(call.rtp) if call.rtp else None,
    }


def _ended(ended: EndedCall | None) -> Document | None:
    if ended is None:
        return None
    rtp = asdict(ended.rtp) if ended.rtp else None
    return {
        **_call(ended.call),
        "state": "ended",
        "reason": ended.reason,
        "ended_at": ended.ended_at.isoformat(),
        "rtp": rtp,
    }


def as_text(status: Mapping[str, Any]) -> str:
    """The status for people, one fact per line."""
    server = _fact(_("server"), f"{status['server']['url']}: {_(status['server']['state'])}")
    bound = _("a desk phone, whose headsets this agent reports")
    phone = [_fact(_("device"), f"{status['device']}: {bound}"), server]
    if not status["bound"]:
        phone = [_fact(_("device"), f"{status['device']}: {_who(status['user'])}"), f"{server}, {_version(status)}"]
        phone.append(_fact(_("baresip"), _baresip_text(status["baresip"])))
    return "\n".join(
        [
            *phone,
            *(_line_text(line) for line in status["lines"]),
            *(_fact(_("key"), f"{key['label']} -> {key['number']}", key["position"]) for key in status["speed_dials"]),
            *(_call_text(call) for call in status["calls"]),
            *([_last_text(status["last_call"])] if status["last_call"] else []),
            *_headset_texts(status["headsets"]),
            *([_fact(_("screen"), status["screen"])] if status["screen"] else []),
        ]
    )


def history_as_text(history: Sequence[Mapping[str, Any]]) -> str:
    """The calls that ended, the newest first, one a line."""
    return "\n".join(
        f"{call['ended_at'][:19].replace('T', ' ')} {padded(_(_way(call)), 4)} {call['peer']}"
        f"{'' if call['established_at'] else ' ' + _('(not answered)')}: {_(call['reason'])}"
        for call in history
    )


def _fact(name: str, text: str, number: object = None) -> str:
    """One fact: what it is about, in a column of its own."""
    what = name if number is None else f"{name} {number}"
    return f"{padded(what, 8)} {text}"


def _who(user: Mapping[str, Any] | None) -> str:
    return f"{user['display_name']} ({user['user_id']})" if user else _("nobody is logged in")


def _version(status: Mapping[str, Any]) -> str:
    pending = status["pending_version"]
    known = status["version"] is not None
    version = _("version %(version)s") % {"version": status["version"]} if known else _("no configuration yet")
    if pending is None or not status["calls"]:
        return version
    return version + ", " + _("version %(version)s waits for the call to end") % {"version": pending}


def _headset_texts(headsets: Mapping[str, Any]) -> list[str]:
    label = " " + _("(simulated)") if headsets["source"] == "simulated" else ""
    connected = [
        _fact(_("headset"), f"{each['model'] or _('headset')}, {each['serial']}{label}")
        for each in headsets["connected"]
    ]
    return [*connected, *(_fact(_("headset"), f"{each['model']} {_(_why(each))}") for each in headsets["unusable"])]


def _baresip_text(facts: Mapping[str, Any]) -> str:
    if not facts["running"]:
        return _("is being started")
    return _("running, SIP port %(port)s") % {"port": facts["sip_port"]}


def _line_text(line: Mapping[str, Any]) -> str:
    reason = f" ({line['reason']})" if line["reason"] else ""
    return _fact(_("line"), f"{line['number']} {line['label']!r}: {_(line['state'])}{reason}", line["index"])


def _call_text(call: Mapping[str, Any]) -> str:
    way = _(_way(call))
    return _fact(_("call"), f"{way} {call['peer']}: {_(call['state'])}{_rtp_text(call['rtp'])}")


def _last_text(call: Mapping[str, Any]) -> str:
    way = _(_way(call))
    return _fact(_("last"), f"{_('call')} {way} {call['peer']}: {_(call['reason'])}{_rtp_text(call['rtp'])}")


def _rtp_text(rtp: Mapping[str, Any] | None) -> str:
    if rtp is None:
        return ""
    said = _("; RTP packets sent %(sent)s, received %(received)s") % rtp
    return said if rtp["sent_lost"] is None else said + _(", lost %(sent_lost)s and %(received_lost)s") % rtp


def _why(unusable: Mapping[str, Any]) -> str:
    return str(unusable["why"])


def _way(call: Mapping[str, Any]) -> str:
    return WAYS[call["direction"]]
