"""The forms of the ILS page: taking part in a network, and what can be changed meanwhile."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from roamline.kernel.secret import Secret
from roamline.rooms.clusters import service as clusters
from roamline.rooms.clusters.models import ADDRESS, ROUTE_STRING


class TakePartForm(forms.Form):
    """How this cluster is to take part."""

    role = forms.ChoiceField(label=_("Role"), choices=[("hub", _("Hub Cluster")), ("spoke", _("Spoke Cluster"))])
    server = forms.CharField(
        label=_("Registration server"), required=False, max_length=270, validators=[ADDRESS],
        help_text=_("Any hub of the network, as host:port. Leave it empty on the first hub of a new network."),
    )  # fmt: skip
    password = forms.CharField(
        label=_("Password"), required=False, max_length=128, widget=forms.PasswordInput(render_value=True),
        help_text=_("The same in all clusters, at least 12 characters. Leave it empty to use certificates only."),
    )  # fmt: skip
    use_certificates = forms.BooleanField(label=_("Use TLS certificates"), required=False)
    trusted = forms.CharField(
        label=_("Trusted fingerprints"), required=False, max_length=2000,
        help_text=_("With certificates: the other clusters' fingerprints, separated by spaces."),
    )  # fmt: skip
    interval = forms.IntegerField(label=_("Synchronise every (minutes)"), initial=10, min_value=1, max_value=1440)
    dial_plan = forms.BooleanField(label=_("Exchange global dial plan data"), required=False, initial=True)
    route_string = forms.CharField(
        label=_("Advertised route string"), required=False, max_length=64, validators=[ROUTE_STRING]
    )

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        dress(self)

    def plan(self) -> clusters.Plan:
        """What was filled in."""
        given = self.cleaned_data
        return clusters.Plan(
            role=given["role"], registration_server=given["server"], password=Secret(given["password"]),
            use_certificates=given["use_certificates"], trusted=tuple(given["trusted"].split()),
            interval_minutes=given["interval"], exchange_dial_plan=given["dial_plan"],
            route_string=given["route_string"],
        )  # fmt: skip


class ChangeForm(forms.Form):
    """What can be changed without leaving the network."""

    interval = forms.IntegerField(label=_("Synchronise every (minutes)"), min_value=1, max_value=1440)
    password = forms.CharField(
        label=_("New password"), required=False, max_length=128, widget=forms.PasswordInput,
        help_text=_("For all clusters: those that have not got it yet are refused until they have. Empty: it stays."),
    )  # fmt: skip
    use_certificates = forms.BooleanField(
        label=_("Use TLS certificates"), required=False,
        help_text=_("Others must show a certificate of the authority in roamline.toml, or have a trusted fingerprint."),
    )  # fmt: skip

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        dress(self)


def dress(form: forms.Form) -> None:
    """Give the fields the pages' looks."""
    for field in form.fields.values():
        if not isinstance(field, forms.BooleanField):
            field.widget.attrs["class"] = "rl-input"


def change_form() -> ChangeForm:
    """The form with what holds now."""
    row = clusters.network()
    holds = {"interval": row.interval_minutes, "use_certificates": row.use_certificates}
    return ChangeForm(None, None, "id_change_%s", None, holds)
