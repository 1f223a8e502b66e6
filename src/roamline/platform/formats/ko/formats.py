"""Dates as Koreans write them: the half of the day comes before the hour."""

DATETIME_FORMAT = "Y년 n월 j일 A g:i"
NUMBER_GROUPING = 3
