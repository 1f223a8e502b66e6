"""How Extension Mobility is set up, from the feature list to the parameters. Docstrings are the handbook's words."""

from __future__ import annotations

from tests.doors.admin_web.procedures.places import begin_phone_service, open_phone, open_user
from tests.doors.admin_web.procedures.walk import Walk

HANDBOOK = """
Setting up Extension Mobility

In this order, once for a site and then for each phone and user. The names in the examples are the demo site's.
"""
TITLES = {
    "phone_feature_list": "Generate the phone feature list",
    "activate_services": "Activate the services",
    "phone_service": "Configure the Extension Mobility phone service",
    "device_profile": "Create a device profile for a user",
    "profile_to_user": "Associate the device profile with the user",
    "subscribe": "Subscribe to Extension Mobility",
    "change_credentials": "Configure the Change Credentials phone service",
    "parameters": "Configure the service parameters",
    "enable_phone": "A phone shows error 22",
    "explain": "A phone shows another error",
}
EM, CREDENTIALS = "Extension Mobility", "changecredential/ChangeCredentialServlet?device=#DEVICENAME#"


def phone_feature_list(walk: Walk) -> None:
    """Find out which phone models can do what, before phones are chosen for hot desks.

    The report is made from what the engine itself knows of the models, and is kept with its date until the next one.
    """
    walk.go("Reports", "Phone feature list")
    walk.press("Generate new report")
    walk.choose("Product", "All")
    walk.choose("Feature", EM)
    walk.press("Show")
    walk.sees("Phones that can use it")
    walk.picture()


def activate_services(walk: Walk) -> None:
    """Switch on what Extension Mobility needs on a node: call control, configuration files, log-ins, and ILS.

    Each node has services of its own; a change counts within seconds and restarts nothing else.
    """
    walk.go("System", "Service activation and control centre")
    line = walk.main.locator("tr", has=walk.page.get_by_role("cell", name="Cisco Extension Mobility", exact=True))
    with walk.aside():
        walk.press("Deactivate", within=line)
    walk.note("Go to the line of `Cisco Extension Mobility`, and of each other service that you need.")
    walk.press("Activate", within=line)
    walk.sees("running")
    walk.picture()


def phone_service(walk: Walk) -> None:
    """Make the log-in form a phone service, which phones and profiles are then subscribed to.

    A new site has one already. `&loginType=DN` at the end asks for the primary extension instead of the user ID,
    `&loginType=SP` for the self-service user ID. Capital letters count in the address.
    """
    name = f"Log in by extension {walk.language}"
    begin_phone_service(walk, name)
    walk.choose("category", "Services")
    walk.fill("service URL", "http://10.20.0.5:8080/emapp/EMAppServlet?device=#DEVICENAME#&loginType=DN")
    walk.picture()
    walk.press("Save")
    with walk.aside():
        walk.sees_name(name)


def device_profile(walk: Walk) -> None:
    """Make the virtual phone that a log-in puts on whatever phone the user stands at: lines, keys, language, rights."""
    walk.go("Device", "Device profiles")
    walk.add()
    walk.fill("name", f"Desk_{walk.language}")
    walk.choose("phone model", "Cisco 8851", is_name=True)
    walk.press("Save")
    walk.row("lines", "line", key="1", directory_number="1004")
    walk.picture()
    walk.press("Save and continue editing")


def profile_to_user(walk: Walk) -> None:
    """Give a user the profile. A user with several is asked at the phone; the default one is offered first.

    Many at once are a table: *Bulk administration*, profile associations.
    """
    open_user(walk, "bob")
    walk.note("Under {}, select `EM_erin` among the {} and press ▶.", "controlled profiles, in order",
              "Available profiles")  # fmt: skip
    walk.select_listed("Available profiles", "EM_erin")
    walk.page.get_by_role("button", name=walk.read("Move to the controlled profiles")).click()
    walk.tick("home cluster")
    walk.mark("controlled profiles, in order")
    walk.picture()
    walk.press("Save and continue editing")
    with walk.aside():
        walk.select_listed("controlled profiles, in order", "EM_erin")
        walk.page.get_by_role("button", name=walk.read("Take from the controlled profiles")).click()
        walk.press("Save and continue editing")


def subscribe(walk: Walk) -> None:
    """Subscribe a phone, and the profile, to Extension Mobility: the phone to log in, the profile to log out again."""
    open_phone(walk, "SEP0011AA220001")
    walk.press("Subscribe/Unsubscribe services")
    walk.tick_name(EM)
    walk.picture()
    walk.press("Subscribe/Unsubscribe services")
    walk.sees("Subscribed to: %(names)s", names=EM)
    walk.note("Do the same for the profile, under {}.", "Device profiles")


def change_credentials(walk: Walk) -> None:
    """Let users change their PIN on the phone."""
    name = f"Change Credentials {walk.language}"
    begin_phone_service(walk, name)
    walk.fill("service URL", f"http://10.20.0.5:8080/{CREDENTIALS}")
    walk.fill("secure service URL", f"https://10.20.0.5:8443/{CREDENTIALS}")
    walk.press("Save")
    open_phone(walk, "SEP0011AA220002")
    walk.press("Subscribe/Unsubscribe services")
    walk.tick_name(name)
    walk.press("Subscribe/Unsubscribe services")


def parameters(walk: Walk) -> None:
    """Change how Extension Mobility behaves, such as how long a log-in lasts and what a second one does."""
    walk.go("System", "Service parameters")
    walk.press("Advanced")
    walk.choose("Multiple Login Behavior", "Auto Logout")
    walk.fill("Intra-cluster Maximum Login Time", "8:00")
    walk.picture()
    walk.press("Save")
    with walk.aside():
        walk.choose("Multiple Login Behavior", "Multiple Logins Not Allowed")
        walk.choose("Enforce Intra-cluster Maximum Login Time", "False")
        walk.press("Save")


def enable_phone(walk: Walk) -> None:
    """Error 22 on a phone: it is not enabled for Extension Mobility."""
    open_phone(walk, "SEP0011AA220004")
    walk.tick("enable extension mobility")
    walk.picture()
    walk.press("Save and continue editing")
    with walk.aside():
        walk.tick("enable extension mobility", on=False)
        walk.press("Save and continue editing")


def explain(walk: Walk) -> None:
    """Any other error on a phone: ask why, before anybody types a PIN."""
    walk.go("Serviceability", "Explain")
    walk.fill("User id", "dana")
    walk.fill("Device name", "SEP0011AA220009")
    walk.press("Explain")
    walk.sees("Why, and what to change")
    walk.picture()


PROCEDURES = (
    phone_feature_list, activate_services, phone_service, device_profile, profile_to_user, subscribe,
    change_credentials, parameters, enable_phone, explain,
)  # fmt: skip
