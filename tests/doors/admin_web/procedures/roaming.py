"""How users roam across clusters. Docstrings are the handbook's words."""

from __future__ import annotations

from tests.doors.admin_web.procedures.walk import Walk

HANDBOOK = """
Roaming across clusters

Extension Mobility is set up in every cluster first. How roaming works: [roaming](../roaming.md).
"""
TITLES = {
    "ils_network": "Join the clusters (ILS)",
    "super_users": "Configure roaming for Extension Mobility users",
    "synchronise": "Synchronise the super users",
}
SUPER_USERS = "Standard EM Roaming Across Clusters Super Users"


def ils_network(walk: Walk) -> None:
    """Join the clusters: the first hub begins the network; every other cluster names any hub and the password."""
    walk.go("System", "Enterprise parameters")
    walk.fill("Cluster ID", "HQ")
    walk.press("Save")
    walk.go("System", "ILS")
    walk.choose("Role", "Hub Cluster")
    walk.fill("Password", "a-password-for-the-network")
    walk.picture()
    walk.press("Take part")
    walk.sees("This cluster takes part; links come up within seconds.")
    walk.comes_to("Speaks from node", ": node1")


def super_users(walk: Walk) -> None:
    """Let users log in in every cluster with the same user ID and PIN."""
    walk.go("User management", "Access control groups")
    walk.find("name", SUPER_USERS)
    walk.open(SUPER_USERS)
    walk.press("Add end users to group")
    walk.press("Find")
    walk.tick_name("bob")
    walk.picture()
    walk.press("Add selected")
    walk.sees("Added to the group: %(names)s", names="bob")
    with walk.aside():
        walk.leave_group("bob")


def synchronise(walk: Walk) -> None:
    """Make the super users' records the same in all clusters, on a schedule or at once; see first what would change."""
    walk.go("System", "Super users")
    walk.press("Dry run")
    walk.sees("What a synchronisation would do now")
    walk.picture()
    walk.press("Synchronise now")
    with walk.aside():
        _leave(walk)


def _leave(walk: Walk) -> None:
    walk.go("System", "ILS")
    walk.press("Leave network")
    walk.comes_to("stands alone")
    walk.go("System", "Enterprise parameters")
    walk.fill("Cluster ID", "StandAloneCluster")
    walk.press("Save")


PROCEDURES = (ils_network, super_users, synchronise)
