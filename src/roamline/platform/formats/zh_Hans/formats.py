"""Numbers as telephony pages in Chinese write them: thousands are set apart."""

NUMBER_GROUPING = 3
