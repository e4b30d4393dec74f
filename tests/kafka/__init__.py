"""Real Apache Kafka, started by the tests themselves."""
