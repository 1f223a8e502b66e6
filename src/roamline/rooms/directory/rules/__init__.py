"""Pure decisions about accounts: roles, credentials."""
