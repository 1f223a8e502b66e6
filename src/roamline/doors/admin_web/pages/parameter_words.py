"""The names and choices of parameters, for translation: the registry keeps what programs and handbooks say.

Where a name is translated, the page shows the registry's name beneath it, because handbooks and scripts know it so.
"""

from roamline.kernel.wording import gettext_noop as _

NAMES = (
    _("Enforce Intra-cluster Maximum Login Time"),
    _("Intra-cluster Maximum Login Time"),
    _("Inter-cluster Maximum Login Time"),
    _("Multiple Login Behavior"),
    _("Alphanumeric User ID"),
    _("Remember the Last User Logged In"),
    _("Clear Call Logs on Intra-cluster EM"),
    _("Maximum Concurrent Requests"),
    _("Validate IP Address"),
    _("Trusted List of IPs"),
    _("Allow Proxy"),
    _("Trusted Balancers"),
    _("Extension Mobility Cache Size"),
    _("Authentication Cache"),
    _("Invalidate on Change"),
    _("Headset-based Extension Mobility"),
    _("PIN entry for headset-based sign in"),
    _("Auto login timer after headset connect (seconds)"),
    _("Auto logout timer after headset disconnect (minutes)"),
    _("Pinless sign-in needs a marked phone"),
    _("Headset Association"),
    _("Cluster ID"),
    _("ILS Max Number of Learned Objects in Database"),
    _("Synchronization Between Auto Device Profile and Phone Configuration"),
    _("CFA CSS Activation Policy"),
    _("Inter-cluster call timeout"),
    _("Audit Retention (days)"),
    _("Login Session Retention (days)"),
)
CHOICES = (
    _("True"),
    _("False"),
    _("Multiple Logins Allowed"),
    _("Multiple Logins Not Allowed"),
    _("Auto Logout"),
    _("Allow headset for Extension Mobility sign in and sign out"),
    _("Do not Allow headset for Extension Mobility sign in and sign out"),
    _("Required"),
    _("Not Required"),
    _("Prompt user to initiate Headset Association from all devices"),
    _("Prompt user to initiate Headset Association only from Extension Mobility-enabled devices"),
    _("Do not prompt user to initiate Headset Association from all devices"),
    _("With Configured CSS"),
    _("With Activating Device/Line CSS"),
)
