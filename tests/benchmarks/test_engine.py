"""The benchmark of the engine measures what it says."""

from tests.benchmarks.engine import cost, messages


def test_every_part_has_its_cost() -> None:
    values = messages(3000, agents=True)
    assert len(values) == 3000
    found = cost(values, 500)
    parts = (found.decode, found.take, found.advance, found.cut)
    assert all(0 < part < found.total < 1000 for part in parts)
    assert 100 < found.life_bytes < 5000
