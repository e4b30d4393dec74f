"""`python -m tests.kafka.quick_bases worker …`: a worker that writes a base every half second."""

import functools
import unittest.mock

from streams.adapters.worker.service import Worker
from streams.cli.main import main

if __name__ == "__main__":
    quick = functools.partial(Worker, base_earliest_ms=500)
    with unittest.mock.patch("streams.app.Worker", quick):
        main()
