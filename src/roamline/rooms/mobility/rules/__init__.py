"""Pure decisions of Extension Mobility."""
