"""Stories of whole networks of clusters, told in text files and played in one process."""
