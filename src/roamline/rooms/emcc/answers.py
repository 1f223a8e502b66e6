"""Decisions about log-ins across clusters; pure."""

from __future__ import annotations

from roamline.kernel.errors import Error

CAPABILITY_OFF = "no emcc"
"""What an administrator writes among a model's features so that it does not log in across clusters."""


def supports_emcc(*, is_software: bool, registers_once: bool, capabilities: tuple[str, ...]) -> bool:
    """Whether a phone model can log in across clusters: software phones, and Cisco's, which fetch a file (EM-8)."""
    return (is_software or registers_once) and CAPABILITY_OFF not in capabilities


AS_AT_HOME = {
    Error.AUTHENTICATION_ERROR: Error.APP_USER_NOT_AUTHORIZED,
    Error.USER_DOES_NOT_EXIST: Error.APP_USER_NOT_AUTHORIZED,
    Error.DN_HAS_MULTIPLE_USERS: Error.EMCC_DN_SHARED,
}
"""What the home cluster answers instead of what it would show on a phone of its own."""


def answered(error: Error) -> Error:
    """The error with which the home cluster refuses: 2 for whatever is wrong with id or PIN, 47 for a shared DN."""
    return AS_AT_HOME.get(error, error)


def error_numbered(number: int) -> Error:
    """The error that another cluster refused with; one that is not known here is an unknown error."""
    return next((each for each in Error if each.number == number), Error.UNKNOWN_ERROR)
