"""The benchmarks measure what they say: both halves read the same topic to its end."""

from tests.adapters.worker_kit import make_topics, producing
from tests.benchmarks.faust_table import faust_table_events_per_second_core
from tests.benchmarks.transport import transport_events_per_second_core


async def test_both_halves_read_the_same_topic_and_whole_fetches_are_far_cheaper(
    kafka: str,
) -> None:
    (topic,) = await make_topics(kafka, 2)
    async with producing(kafka) as producer:
        for number in range(20_000):
            value = b'{"subject": "c-%d"}' % (number // 4)
            await producer.send(topic, value, key=b"c-%d" % (number // 4))
    table = faust_table_events_per_second_core(kafka, topic, 2_000)
    fetches = transport_events_per_second_core(kafka, topic, 20_000)
    assert 500 < table < 50_000
    assert fetches > 10 * table
