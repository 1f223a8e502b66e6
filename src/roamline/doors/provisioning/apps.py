"""The provisioning door as a Django application: it has the engine keep the TFTP server running."""

from __future__ import annotations

from django.apps import AppConfig


class ProvisioningConfig(AppConfig):
    """Configuration files over HTTP and TFTP."""

    name = "roamline.doors.provisioning"
    label = "provisioning"
    verbose_name = "Configuration files"

    def ready(self) -> None:
        """Register the TFTP server, and say which version of its file a phone would fetch."""
        from roamline.doors.provisioning import stamps, tftp
        from roamline.platform import engine_tasks
        from roamline.rooms.mobility import service as mobility

        engine_tasks.register(tftp.serve)
        mobility.ask_for_file_stamps(stamps.stamps_of)
