"""`python -m streams.cli` is `vigie`."""

from streams.cli.main import main

main()
