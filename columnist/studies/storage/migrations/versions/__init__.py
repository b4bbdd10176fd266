"""One file for each change of the tables, numbered; what is released is never edited."""
