"""The EMCC feature configuration; where a setting changes nothing in a system like this one, its help says so."""

from __future__ import annotations

from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.parameters.rules.parameter import Parameter
from roamline.rooms.parameters.rules.parsing import boolean, host, one_of, text_of, whole_number

EMCC = "EMCC Feature Configuration"
TRUNK_CSS, DEVICE_CSS = "Use Trunk CSS", "Use phone's original device CSS"
AUDIO_RATES = (
    "6 kbps (G.723)", "8 kbps (G.729)", "13 kbps (GSM)", "16 kbps (iLBC)", "24 kbps (AAC-LD)", "32 kbps (G.722.1)",
    "64 kbps (G.722, G.711)", "128 kbps (AAC-LD)", "256 kbps (L16)",
)  # fmt: skip
LOW_LOSS, LOSSY = "Low Loss", "Lossy"
_HOST = _("a host name or address of at most 255 characters, or nothing")
_NODE = _("the name of a node, or nothing")

DEFAULT_TFTP = Parameter(
    EMCC, "Default TFTP Server for EMCC Login Device", "",
    _("Where a phone of another cluster fetches its configuration from while a user of this cluster is logged in on "
      "it: this cluster, as the other reaches it. Without it and the backup such log-ins fail with error 39."),
    host, values=_HOST,
)  # fmt: skip
BACKUP_TFTP = Parameter(
    EMCC, "Backup TFTP Server for EMCC Login Device", "",
    _("What such a phone is told to try after the default TFTP server."),
    host, values=_HOST,
)  # fmt: skip
EXPIRED_MAINTENANCE = Parameter(
    EMCC, "Default Interval for Expired EMCC Device Maintenance", "1440",
    _("Every how many minutes EMCC devices whose session is over are looked for and put back."),
    whole_number(10, 1440), values=_("a whole number from 10 to 1440"),
)  # fmt: skip
ENABLE_ALL = Parameter(
    EMCC, "Enable All Remote Cluster Services When Adding A New Remote Cluster", "False",
    _("True enables EMCC and PSTN access for a cluster when it becomes known here. Clusters that are known already "
      "keep what they have."),
    boolean, ("True", "False"),
)  # fmt: skip
PSTN_CSS = Parameter(
    EMCC, "CSS for PSTN Access SIP Trunk", TRUNK_CSS,
    _("What the call of a visited phone that leaves through PSTN access may reach: what its trunk may, or what the "
      "phone itself may when nobody of another cluster is logged in."),
    one_of(TRUNK_CSS, DEVICE_CSS), (TRUNK_CSS, DEVICE_CSS),
)  # fmt: skip
GEOLOCATION_FILTER = Parameter(
    EMCC, "EMCC Geolocation Filter", "",
    _("Kept for compatibility, without effect: this system has no geolocation filters. EMCC devices have the device "
      "pool that they were inserted with."),
    text_of(50), values=_("at most 50 characters, or nothing"),
)  # fmt: skip
AUDIO_RATE = Parameter(
    EMCC, "EMCC Region Max Audio Bit Rate", "8 kbps (G.729)",
    _("The same in all clusters: the intercluster service profile's Validate compares it. Phones agree on the codec "
      "of a call between themselves, so it limits none here."),
    one_of(*AUDIO_RATES), AUDIO_RATES,
)  # fmt: skip
VIDEO_RATE = Parameter(
    EMCC, "EMCC Region Max Video Call Bit Rate (Includes Audio)", "384",
    _("The same in all clusters: the intercluster service profile's Validate compares it. In kbit/s; it limits no call "
      "here."),
    whole_number(0, 8128), values=_("a whole number from 0 to 8128"),
)  # fmt: skip
LINK_LOSS = Parameter(
    EMCC, "EMCC Region Link Loss Type", LOW_LOSS,
    _("The same in all clusters: the intercluster service profile's Validate compares it. It changes no call here."),
    one_of(LOW_LOSS, LOSSY), (LOW_LOSS, LOSSY),
)  # fmt: skip
RSVP_KEEPALIVE = Parameter(
    EMCC, "RSVP SIP Trunk KeepAlive Timer", "15",
    _("Kept for compatibility, without effect: this system has no RSVP agent. In seconds."),
    whole_number(1, 600), values=_("a whole number from 1 to 600"),
)  # fmt: skip
DEFAULT_UPDATER = Parameter(
    EMCC, "Default Server for Remote Cluster Update", "",
    _("The node that updates the remote clusters. With neither this one nor the backup set, any node does."),
    host, values=_NODE,
)  # fmt: skip
BACKUP_UPDATER = Parameter(
    EMCC, "Backup Server for Remote Cluster Update", "",
    _("The node that updates the remote clusters when the default server has not done it for half an interval more."),
    host, values=_NODE,
)  # fmt: skip
UPDATE_INTERVAL = Parameter(
    EMCC, "Remote Cluster Update Interval", "30",
    _("Every how many minutes this cluster tells the others how it is set up for EMCC, and looks at what they say."),
    whole_number(15, 10080), values=_("a whole number from 15 to 10080"),
)  # fmt: skip

PARAMETERS = (
    DEFAULT_TFTP, BACKUP_TFTP, EXPIRED_MAINTENANCE, ENABLE_ALL, PSTN_CSS, GEOLOCATION_FILTER, AUDIO_RATE, VIDEO_RATE,
    LINK_LOSS, RSVP_KEEPALIVE, DEFAULT_UPDATER, BACKUP_UPDATER, UPDATE_INTERVAL,
)  # fmt: skip
SAME_EVERYWHERE = (AUDIO_RATE, VIDEO_RATE, LINK_LOSS)
"""What must be the same in all clusters."""
