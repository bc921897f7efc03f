"""Lesson 1: what a tensor is, and what can be done with it."""

from __future__ import annotations

from functools import partial

from nnlab.language import gettext as _
from nnlab.ui import lesson
from nnlab.ui.lessons.tensor import PARTS, choose_part
from nnlab.ui.live import live

lesson.question(
    _("What is a tensor?"),
    _(
        "A tensor is a block of numbers with a **shape**. The features, weights and outputs of a "
        "network are all tensors, and what it does with them are the few operations shown here."
    ),
)
part = choose_part()
predictions = {
    "make": partial(
        lesson.predict,
        "tensor_count",
        _("how many numbers are in a tensor of shape (2, 3, 4)?"),
        {"9": "9", "24": "24", "234": "234"},
        right="24",
        because=_(
            "The shape gives the size of each dimension: 2 sheets of 3 rows of 4 numbers are "
            "2 · 3 · 4 = 24."
        ),
    ),
    "index": partial(
        lesson.predict,
        "tensor_column",
        _("t has shape (2, 3). What is the shape of t[:, 1]?"),
        {"2": "(2,)", "3": "(3,)", "21": "(2, 1)"},
        right="2",
        because=_(
            "A colon keeps a dimension whole, and a number takes its dimension away: from (2, 3) "
            "stays (2,). Indices count from 0, so 1 is the second column."
        ),
    ),
    "combine": partial(
        lesson.predict,
        "tensor_product",
        _("a has shape (4, 2) and b has shape (2, 3). What is the shape of torch.mm(a, b)?"),
        {"22": "(2, 2)", "42": "(4, 2)", "43": "(4, 3)"},
        right="43",
        because=_(
            "Each row of a meets each column of b and gives one number: 4 rows, 3 columns. The "
            "size 2 in the middle is added up and gone."
        ),
    ),
    "share": partial(
        lesson.predict,
        "tensor_shared",
        _(
            "tensor = torch.from_numpy(array), and then you write array[1] = 9. "
            "What is tensor[1] now?"
        ),
        {"9": "9", "2": _("What it was before"), "error": _("An error")},
        right="9",
        because=_(
            "from_numpy copies nothing: array and tensor are two names for the same numbers in "
            "memory. torch.tensor(array) copies."
        ),
    ),
    "misfit": partial(
        lesson.predict,
        "tensor_fits",
        _("can you add tensors of shape (2, 3) and (2, 1)?"),
        {"yes": _("Yes"), "no": _("No")},
        right="yes",
        because=_(
            "Compare from the right: 3 and 1, then 2 and 2. Sizes must be equal, or one of them "
            "1: then its numbers are used again."
        ),
    ),
    "move": partial(
        lesson.predict,
        "tensor_whole_numbers",
        _("2.7 becomes an int64. What is it then?"),
        {"3": "3", "2": "2", "error": _("An error")},
        right="2",
        because=_("A whole number has no place behind the point: it is cut off, not rounded."),
    ),
}
predictions[part]()
live(PARTS[part].show)
