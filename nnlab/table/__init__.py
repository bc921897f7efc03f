"""A table is a learner's own data: read from the bytes of a text file, made into the samples of an
experiment, and written back."""

from __future__ import annotations

from nnlab.table.columns import Column, TableError
from nnlab.table.reading import read_table
from nnlab.table.samples import Table
from nnlab.table.writing import write_table

__all__ = ["Column", "Table", "TableError", "read_table", "write_table"]
