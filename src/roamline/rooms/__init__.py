"""The domain, lowest first: ledger, parameters, dialplan, phones, directory, mobility. A room knows only lower ones."""
