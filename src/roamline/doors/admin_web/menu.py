"""What stands in the navigation: groups as the field's administrators know them (EM-10).

``known_as`` are other names under which handbooks and habits know a page; the search finds it by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Entry:
    """One page: title, icon, view (``name`` or ``name:argument``), what one must be allowed to see, other names."""

    title: Any
    icon: str
    view: str
    permission: str
    known_as: tuple[Any, ...] = ()


SYSTEM = (
    Entry(_("Enterprise parameters"), "tune", "parameters:enterprise", "parameters.view_parametervalue",
          (_("Headset association"), _("Cluster ID"))),
    Entry(_("Service parameters"), "settings", "parameters:service", "parameters.view_parametervalue",
          (_("Maximum login time"), _("Multiple login behaviour"), _("Intra-cluster"), _("Validate IP address"))),
    Entry(_("Service activation and control centre"), "toggle_on", "services", "parameters.view_servicestate",
          (_("Control center - feature services"), _("Network services"), _("Start, stop, restart"))),
    Entry(_("Device pools"), "location_on", "phones_devicepool_changelist", "phones.view_devicepool",
          (_("Sites"), _("Date/time group"), _("Location"), _("Region"))),
    Entry(_("ILS"), "hub", "ils", "clusters.view_network", (_("Clusters"), _("Intercluster lookup"))),
    Entry(_("Super users"), "travel_explore", "super_users", "roaming.view_replica",
          (_("Roaming across clusters"), _("Super user sync tool"))),
    Entry(_("Remote clusters"), "lan", "emcc_remoteclusterservices_changelist", "emcc.view_remoteclusterservices",
          (_("Cluster view"), "EMCC", _("Extension Mobility Cross Cluster"))),
    Entry(_("Intercluster service profile"), "fact_check", "service_profile", "emcc.view_interclusterserviceprofile",
          ("EMCC", _("PSTN access"), _("Extension Mobility Cross Cluster"))),
    Entry(_("EMCC feature configuration"), "tune", "parameters:emcc", "parameters.view_parametervalue",
          (_("Extension Mobility Cross Cluster"), _("Remote cluster update"))),
)  # fmt: skip

CALL_ROUTING = (
    Entry(_("Directory numbers"), "tag", "dialplan_directorynumber_changelist", "dialplan.view_directorynumber",
          (_("Lines"), _("Extensions"))),
    Entry(_("Partitions"), "inventory_2", "dialplan_partition_changelist", "dialplan.view_partition",
          (_("Class of control"), _("Route partition"))),
    Entry(_("Calling search spaces"), "manage_search", "dialplan_callingsearchspace_changelist",
          "dialplan.view_callingsearchspace", (_("Class of service"), "CSS")),
    Entry(_("Route patterns"), "route", "dialplan_routepattern_changelist", "dialplan.view_routepattern",
          (_("Emergency numbers"), _("Route/Hunt"))),
    Entry(_("Trunks"), "cable", "dialplan_trunk_changelist", "dialplan.view_trunk", (_("Gateway"),)),
    Entry(_("Translation patterns"), "swap_horiz", "dialplan_translationpattern_changelist",
          "dialplan.view_translationpattern"),
    Entry(_("Dialled number analyser"), "dialpad", "analyse", "dialplan.view_routepattern", ("DNA",)),
)  # fmt: skip

DEVICE = (
    Entry(_("Phones"), "deskphone", "phones_phone_changelist", "phones.view_phone",
          (_("Enable extension mobility"), _("Restart and reset"))),
    Entry(_("Phones that asked"), "add_call", "phones_that_asked", "phones.view_phone", (_("Auto-registration"),)),
    Entry(_("Device profiles"), "contact_phone", "phones_deviceprofile_changelist", "phones.view_deviceprofile",
          (_("Device settings"), _("Default device profile"), _("Logout profile"))),
    Entry(_("Phone services"), "apps", "phones_phoneservice_changelist", "phones.view_phoneservice",
          (_("IP phone service configuration"), _("Subscribe services"))),
    Entry(_("Phone models"), "category", "phones_phonemodel_changelist", "phones.view_phonemodel"),
    Entry(_("Headsets"), "headset_mic", "headsets_headset_changelist", "headsets.view_headset",
          (_("Headset inventory"), _("Headset management"))),
    Entry(_("Phone models for headsets"), "checklist", "headsets_modelrequirement_changelist",
          "headsets.view_modelrequirement"),
    Entry(_("Phone files"), "folder_open", "phone_files", "phones.view_phone",
          (_("TFTP file management"), _("Firmware"), _("Locale installer"))),
)  # fmt: skip

USERS = (
    Entry(_("End users"), "person", "admin_web_enduser_changelist", "admin_web.view_enduser",
          (_("Controlled profiles"), _("Associated headsets"), _("Reset PIN"), _("Unlock"))),
    Entry(_("Application users"), "smart_toy", "admin_web_applicationuser_changelist", "admin_web.view_applicationuser",
          (_("EM authentication proxy"),)),
    Entry(_("Access control groups"), "groups", "directory_accesscontrolgroup_changelist",
          "directory.view_accesscontrolgroup", (_("User groups"), _("Roles"), _("Add end users to group"))),
    Entry(_("User profiles"), "badge", "directory_userprofile_changelist", "directory.view_userprofile",
          (_("Own maximum login time"),)),
    Entry(_("Credential policy"), "password", "credential_policy", "directory.view_credentialpolicy",
          (_("PIN length"), _("Lock-out"))),
)  # fmt: skip

BULK = (
    Entry(_("Import and export"), "swap_vert", "bulk", "bulk.view_job",
          (_("Insert users"), _("Insert phones"), _("Upload/download files"), "BAT", "CSV", "XLSX")),
    Entry(_("EMCC devices"), "add_to_queue", "emcc_devices", "emcc.view_interclusterserviceprofile",
          (_("Insert EMCC devices"), _("EMCC base phones"))),
    Entry(_("Jobs"), "checklist_rtl", "bulk_job_changelist", "bulk.view_job", (_("Job scheduler"),)),
    Entry(_("Scheduled log-outs"), "event_repeat", "mobility_logoutschedule_changelist",
          "mobility.view_logoutschedule", (_("Log everybody out"),)),
)  # fmt: skip

REPORTS = (
    Entry(_("Login sessions"), "login", "mobility_loginsession_changelist", "mobility.view_loginsession",
          (_("Actively logged in device report"), _("Who is logged in"))),
    Entry(_("Phone feature list"), "table_chart", "feature_list", "phones.view_phonemodel",
          (_("Unified CM phone feature list"), _("System reports"))),
)  # fmt: skip

SERVICEABILITY = (
    Entry(_("Explain"), "troubleshoot", "explain", "mobility.view_loginsession",
          (_("Troubleshooting"), _("Error codes"), _("Why can somebody not log in?"))),
    Entry(_("Call backs"), "phone_callback", "features_callback_changelist", "features.view_callback",
          (_("Call back on busy"),)),
    Entry(_("Addresses that guess"), "gpp_maybe", "directory_guessingsource_changelist",
          "directory.view_guessingsource", (_("Held back addresses"),)),
    Entry(_("Timers"), "schedule", "ledger_deadline_changelist", "ledger.view_deadline", (_("Deadlines"),)),
    Entry(_("Waiting to be told"), "outbox", "ledger_effect_changelist", "ledger.view_effect", (_("Effects"),)),
)  # fmt: skip

AUDIT = (
    Entry(_("Audit trail"), "history", "ledger_auditentry_changelist", "ledger.view_auditentry",
          (_("Audit log"), _("Who changed what"))),
)  # fmt: skip

GROUPS: tuple[tuple[Any, tuple[Entry, ...]], ...] = (
    (_("System"), SYSTEM),
    (_("Call routing"), CALL_ROUTING),
    (_("Device"), DEVICE),
    (_("User management"), USERS),
    (_("Bulk administration"), BULK),
    (_("Reports"), REPORTS),
    (_("Serviceability"), SERVICEABILITY),
    (_("Audit"), AUDIT),
)
