"""Phones' own names of time zones: they know a fixed list, by names of their own, and not the IANA ones.

The names are those that free phone managers and users' published configuration files list for Cisco phones.
"""

from __future__ import annotations

UNIVERSAL = "Greenwich Standard Time"

_ZONES = {
    UNIVERSAL: "UTC Etc/UTC Etc/GMT GMT Africa/Abidjan Africa/Accra Africa/Dakar Atlantic/Reykjavik",
    "Samoa Standard Time": "Pacific/Pago_Pago Pacific/Midway",
    "Hawaiian Standard Time": "Pacific/Honolulu",
    "Alaskan Standard/Daylight Time": "America/Anchorage America/Juneau",
    "Pacific Standard/Daylight Time": "America/Los_Angeles America/Vancouver America/Tijuana",
    "Mountain Standard/Daylight Time": "America/Denver America/Edmonton America/Boise",
    "US Mountain Standard Time": "America/Phoenix",
    "Central Standard/Daylight Time": "America/Chicago America/Winnipeg",
    "Canada Central Standard Time": "America/Regina America/Costa_Rica America/Guatemala America/Mexico_City",
    "SA Pacific Standard Time": "America/Bogota America/Lima America/Panama America/Jamaica",
    "Eastern Standard/Daylight Time": "America/New_York America/Toronto America/Detroit",
    "Atlantic Standard/Daylight Time": "America/Halifax Atlantic/Bermuda",
    "SA Western Standard Time": "America/Caracas America/La_Paz America/Puerto_Rico America/Manaus",
    "Newfoundland Standard/Daylight Time": "America/St_Johns",
    "SA Eastern Standard Time": "America/Sao_Paulo America/Argentina/Buenos_Aires America/Montevideo",
    "Azores Standard/Daylight Time": "Atlantic/Azores",
    "GMT Standard/Daylight Time": "Europe/London Europe/Dublin Europe/Lisbon",
    "W. Europe Standard/Daylight Time": (
        "Europe/Berlin Europe/Vienna Europe/Zurich Europe/Rome Europe/Amsterdam Europe/Stockholm Europe/Oslo"
    ),
    "Romance Standard/Daylight Time": "Europe/Paris Europe/Madrid Europe/Brussels Europe/Copenhagen",
    "Central Europe Standard/Daylight Time": "Europe/Prague Europe/Budapest Europe/Warsaw Europe/Belgrade",
    "GTB Standard/Daylight Time": "Europe/Athens Europe/Bucharest",
    "E. Europe Standard/Daylight Time": "Europe/Helsinki Europe/Kyiv Europe/Riga Europe/Sofia Europe/Vilnius",
    "South Africa Standard Time": "Africa/Johannesburg Africa/Harare Africa/Maputo",
    "Jerusalem Standard/Daylight Time": "Asia/Jerusalem",
    "Saudi Arabia Standard Time": "Asia/Riyadh Asia/Kuwait Asia/Baghdad Europe/Istanbul Europe/Moscow Africa/Nairobi",
    "Arabian Standard Time": "Asia/Dubai Asia/Muscat Asia/Baku Asia/Tbilisi",
    "Afghanistan Standard Time": "Asia/Kabul",
    "West Asia Standard Time": "Asia/Karachi Asia/Tashkent Asia/Yekaterinburg",
    "India Standard Time": "Asia/Kolkata Asia/Calcutta Asia/Colombo",
    "Central Asia Standard Time": "Asia/Dhaka Asia/Bishkek",
    "SE Asia Standard Time": "Asia/Bangkok Asia/Jakarta Asia/Ho_Chi_Minh",
    "China Standard/Daylight Time": "Asia/Shanghai Asia/Hong_Kong Asia/Singapore Asia/Kuala_Lumpur Asia/Manila",
    "Taipei Standard Time": "Asia/Taipei",
    "Tokyo Standard Time": "Asia/Tokyo Asia/Seoul",
    "Cen. Australia Standard/Daylight Time": "Australia/Adelaide",
    "AUS Central Standard Time": "Australia/Darwin",
    "AUS Eastern Standard/Daylight Time": "Australia/Sydney Australia/Melbourne Australia/Canberra",
    "E. Australia Standard Time": "Australia/Brisbane",
    "West Pacific Standard Time": "Pacific/Guam Pacific/Port_Moresby",
    "Tasmania Standard/Daylight Time": "Australia/Hobart",
    "Central Pacific Standard Time": "Pacific/Guadalcanal Pacific/Noumea",
    "Fiji Standard Time": "Pacific/Fiji",
    "New Zealand Standard/Daylight Time": "Pacific/Auckland",
}
_BY_IANA_NAME = {zone: name for name, zones in _ZONES.items() for zone in zones.split()}
_OWN_NAMES = frozenset(_ZONES)


def phones_time_zone(zone: str) -> str:
    """The phones' name of an IANA zone; a phones' own name stays as it is; Greenwich for one they do not know."""
    return zone if zone in _OWN_NAMES else _BY_IANA_NAME.get(zone, UNIVERSAL)
