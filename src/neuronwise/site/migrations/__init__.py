"""How the tables came about, step by step: a file that was released is never changed."""
