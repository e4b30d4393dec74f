"""`python -m tests.kafka`: one Kafka for many test runs, until Ctrl-C.

Prints the line to put before the other commands: VIGIE_TEST_KAFKA=host:port.
"""

import signal
import sys
import tempfile
from pathlib import Path

from tests.kafka.broker import running_broker, why_not_here


def main() -> int:
    """Run a node in a folder of its own, removed at the end."""
    if reason := why_not_here():
        print(reason, file=sys.stderr)
        return 2
    asked_to_end = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, asked_to_end)
    with (
        tempfile.TemporaryDirectory(prefix="vigie-kafka-") as folder,
        running_broker(Path(folder)) as broker,
    ):
        print(f"export VIGIE_TEST_KAFKA={broker.bootstrap}", flush=True)
        signal.sigwait(asked_to_end)
    return 0


if __name__ == "__main__":
    sys.exit(main())
