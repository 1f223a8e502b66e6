"""The one registry of all parameters, by service and name. To add one: define it in its module, and list it there."""

from __future__ import annotations

from roamline.rooms.parameters.rules import emcc, enterprise, extension_mobility, headsets
from roamline.rooms.parameters.rules.parameter import Parameter

REGISTRY: dict[tuple[str, str], Parameter] = {
    (parameter.service, parameter.name): parameter
    for parameter in (
        *extension_mobility.PARAMETERS,
        *headsets.PARAMETERS,
        *enterprise.PARAMETERS,
        *emcc.PARAMETERS,
    )
}
