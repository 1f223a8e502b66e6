"""Pure things everything else may know: the error registry, secrets. No Django, no clock, no I/O."""
