"""The Dask cluster that sweeps are sent to, where the house names its scheduler. Without it, and
while it can't be reached, this machine does the work."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_
from nnlab.ui.hosting.house import house

PATIENCE_S = 5
_MISSING = N_(
    "Sweeps should go to a Dask cluster, but the package distributed is not installed on this "
    "server: the networks are trained here, which takes longer."
)
_AWAY = N_(
    "The Dask cluster for sweeps can't be reached: the networks are trained here, which takes "
    "longer."
)


@dataclass(frozen=True)
class Cluster:
    """An executor that stands for the cluster, or None for this machine's own workers; what to
    complain of; how to leave."""

    executor: Executor | None = None
    reason: str = ""
    close: Callable[[], object] = lambda: None

    @property
    def complaint(self) -> str:
        """Why the cluster does not do the work, in the reader's language; empty if all is well."""
        return _(self.reason) if self.reason else ""

    @property
    def place(self) -> str:
        """Where the work is done, in the reader's language."""
        if self.executor is None:
            return _("in {count} threads on this machine").format(count=os.cpu_count())
        return _("on a Dask cluster")


@cache
def cluster() -> Cluster:
    """The cluster of this process, joined at the first sweep."""
    found = joined(house().dask_scheduler)
    if found.reason:
        logging.getLogger(__name__).warning(found.reason)
    return found


def joined(scheduler: str) -> Cluster:
    """The cluster of a scheduler such as "tcp://10.0.0.5:8786"; this machine where it is ""."""
    if not scheduler:
        return Cluster()
    try:
        client = import_module("distributed").Client(scheduler, timeout=PATIENCE_S)
    except ImportError:
        return Cluster(reason=_MISSING)
    except (OSError, ValueError):
        return Cluster(reason=_AWAY)
    return Cluster(client.get_executor(), close=client.close)
