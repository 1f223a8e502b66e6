"""Django's SQLite, where the threads of a process take turns to write instead of trying again and again."""
