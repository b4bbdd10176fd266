"""Whether descriptions help to find data: how far up a question brings the right table or column.

Questions are made of what people wrote, and no document holds the text of which its question was made:

* ``table``: the text of a table asks for it. Its document is its names and the texts of its columns.
* ``column``: the text of a column asks for it, among the columns of all tables. Its document is its name, its
  table's, and what a system wrote of it. People's own text is the question, so they have no document here.
* ``detail``: the second sentence of a column's text asks for it. People's document is the first sentence alone.

A question that a text of people's document repeats word for word is left out, and so is one with fewer than
three words that mean something. A question that several places answer counts the best of them.

What this shows: whether words that a machine wrote lead to what people ask for in words of their own. What it
does not: that the words are true; nor how people search, who ask shorter questions than they document. Texts of
tables often repeat the table's name, which favours names. People's documents of ``detail`` are cut short, so a
system can go more than the whole way to them. And finding one of 300 tables is easier than one of 30,000.
"""

from columnist.evaluation.retrieval.measuring import measure_retrieval
from columnist.evaluation.retrieval.ranking import Encode
from columnist.evaluation.retrieval.results import NAMES, PEOPLE, Figure, Found, Method, Retrieval, Search, Target

__all__ = [
    "NAMES",
    "PEOPLE",
    "Encode",
    "Figure",
    "Found",
    "Method",
    "Retrieval",
    "Search",
    "Target",
    "measure_retrieval",
]
