"""Does a guesser learn anything from status, length or time? (S-1, S-2)"""
