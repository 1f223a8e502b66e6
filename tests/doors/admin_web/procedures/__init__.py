"""The administrator's procedures, walked in a browser by the words on the screen, in every language."""
