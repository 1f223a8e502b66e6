"""Call control as a Django application: the views come and go with migrations, effects reach Kamailio."""

from __future__ import annotations

from functools import partial

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate, pre_migrate


class CallControlConfig(AppConfig):
    """Kamailio's views, its launch, its RPC and its events."""

    name = "roamline.doors.call_control"
    label = "call_control"
    verbose_name = "Call control"

    def ready(self) -> None:
        """Tie the views to migrations, perform the effect on phones, have the engine follow Kamailio's events."""
        from django.conf import settings

        from roamline.doors.call_control import (  # noqa: F401 - register themselves
            activation,
            apply_config,
            calling_back,
            calls_up,
            do_not_disturb,
            effects,
            events,
            forwards_shown,
            trunks,
            views,
        )
        from roamline.platform import engine_tasks
        from roamline.rooms.dialplan.trunks import ask_about_trunks
        from roamline.rooms.headsets import service as headsets
        from roamline.rooms.mobility import service as mobility

        if settings.CONFIG["call_control.enabled"]:
            engine_tasks.register(events.follow)
            engine_tasks.register(activation.follow)
            engine_tasks.register(calling_back.follow)
            mobility.ask_about_calls(effects.is_in_call, effects.which_are_in_call)
            mobility.ask_for_calls_up(partial(calls_up.devices_in_calls, settings.CONFIG))
            headsets.ask_for_address(effects.address_of)
            ask_about_trunks(trunks.state_of)

        # Django sends these signals once for each application that has models; one of them is enough.
        phones = apps.get_app_config("phones")
        pre_migrate.connect(views.drop_before_migrating, sender=phones, dispatch_uid="call_control.views")
        post_migrate.connect(views.create_after_migrating, sender=phones, dispatch_uid="call_control.views")
