"""REST: the engine for programs that speak JSON; described by OpenAPI at ``/api/docs``."""
