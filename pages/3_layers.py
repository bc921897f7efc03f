"""Lesson 3: units side by side are a layer, layers in a row are a network."""

from __future__ import annotations

from functools import partial

import streamlit as st

from nnlab.language import gettext as _
from nnlab.ui import lesson
from nnlab.ui.controls import choose_seed, choose_untrained
from nnlab.ui.lessons import layers
from nnlab.ui.live import live

lesson.question(
    _("What do layers add?"),
    _(
        "Several neurons that see the same inputs are a **layer**; what one layer puts out, the "
        "next one takes in. Each layer's weights stand in one **matrix**, so that a whole layer is "
        "one matrix product."
    ),
)
lesson.predict(
    "layers_count",
    _(
        "a network has 3 inputs, 2 hidden units and 1 output. How many weights and biases are "
        "there to be learned?"
    ),
    {"6": "6", "8": "8", "9": "9", "11": "11"},
    right="11",
    because=_(
        "The hidden units have 3 weights each and a bias: 2 × (3 + 1) = 8. The output has 2 "
        "weights and a bias: 3. Together 11. Count the edges below, and a b under each unit."
    ),
)

seed = choose_seed("layers", layers.FEATURES, layers.EDITS)
with st.expander(_("Shape of the network"), icon=":material/account_tree:"):
    plain = choose_untrained("layers", seed)
live(partial(layers.explore, plain), layers.tell)
