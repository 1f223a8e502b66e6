"""Run one simulated phone by hand: it boots, prints what it does, and answers nobody."""

from __future__ import annotations

import argparse
import asyncio

from tests.simulated_phone.fetching import FileServer
from tests.simulated_phone.phone import SimulatedPhone


async def run(options: argparse.Namespace) -> None:
    """Boot, then print what happens until Ctrl-C."""
    phone = SimulatedPhone(options.device, options.model, FileServer(options.host, options.files, options.tftp))
    await phone.boot()
    print(f"{phone.device} is registered: " + ", ".join(line.name for line in phone.running.lines), flush=True)
    try:
        while True:
            await phone.until(lambda: bool(phone.did), "anything", within=1e9)
            print(*phone.did, *phone.refused, flush=True)
            phone.did.clear()
            phone.refused.clear()
    finally:
        await phone.shut_down()


def main() -> None:
    """Read the options."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulated_phone")
    parser.add_argument("device")
    parser.add_argument("--model", default="8851")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--files", type=int, default=6970)
    parser.add_argument("--tftp", type=int, default=6969)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
