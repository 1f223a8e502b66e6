"""`python -m roamline_desk_agent` is `roamline-agent`."""

import sys

from roamline_desk_agent.cli import main

sys.exit(main())
