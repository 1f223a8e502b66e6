"""The registry of what the engine process keeps running: doors add to it in their ``AppConfig.ready``."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

EngineTask = Callable[[], Coroutine[Any, Any, None]]

engine_tasks: list[EngineTask] = []
"""Each is called for a coroutine that runs for as long as the engine does; one that ends or fails is started again."""


def register(task: EngineTask) -> EngineTask:
    """Add a long-lived task; usable as a decorator. Adding the same one twice adds it once."""
    if task not in engine_tasks:
        engine_tasks.append(task)
    return task
