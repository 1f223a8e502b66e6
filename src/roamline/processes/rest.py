"""The REST interface: every door's router under ``/api/``, described by OpenAPI at ``/api/openapi.json``."""

from __future__ import annotations

from ninja import NinjaAPI

from roamline import __version__
from roamline.doors.device_api.api import router as device_router
from roamline.doors.rest.emcc import router as emcc_router
from roamline.doors.rest.ils import router as ils_router
from roamline.doors.rest.mobility import router as mobility_router

api = NinjaAPI(title="Roamline", version=__version__, docs_url="/docs", openapi_url="/openapi.json")
api.add_router("/device/v1", device_router)
api.add_router("/v1", mobility_router)
api.add_router("/v1", ils_router)
api.add_router("/v1", emcc_router)
