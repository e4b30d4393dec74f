"""`python -m tests.kafka.quick_bases VERB …`: `vigie VERB` in a hurry.

A worker writes a base every half second; a board wants to know of the last two seconds only.
"""

import functools
import unittest.mock

from streams import app
from streams.adapters.worker.service import Worker
from streams.cli.main import main

if __name__ == "__main__":
    quick = functools.partial(Worker, base_earliest_ms=500)
    with (
        unittest.mock.patch("streams.app.work", functools.partial(app.work, made=quick)),
        unittest.mock.patch("streams.app.KEEP_MS", 2_000),
    ):
        main()
