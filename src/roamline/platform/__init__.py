"""Django plumbing that knows no domain: settings, configuration file, SQL helpers, wake-ups, logs, metrics."""
