"""`vigie doctor` on real Kafka: topics missing, nobody works, all is well, a worker is gone."""

import subprocess
from pathlib import Path

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from tests.kafka.contacts import answered
from tests.kafka.live import VIGIE, Live


def doctor(live: Live, *sets: str) -> tuple[int, str]:
    """(exit code, what it says)."""
    more = [word for one in sets for word in ("--set", one)]
    done = subprocess.run(
        [*VIGIE, "doctor", *live.options, *more], capture_output=True, text=True, timeout=60,
        check=False, env={"COLUMNS": "220", "PATH": ""},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_from_nothing_to_well_and_back(kafka: str, tmp_path: Path) -> None:
    with Live(kafka, tmp_path) as live:
        code, said = doctor(live)
        assert code == 1
        assert said.count("the topic is missing") == 11
        live.make_topics()
        code, said = doctor(live)
        assert code == 1
        assert "all 11 topics are as they should be" in said
        assert "inputs and delta log all have 2 partitions" in said
        assert "no worker has ever written partitions 0, 1" in said
        assert "no board answers" in said
        live.start("board")
        live.start("worker")
        live.until(live.ready, "it runs")
        live.send(answered("c", 1_800_000_000_000 - 10**12))
        live.until(lambda: live.metric("vigie_events_total") == 3, "read")
        code, said = doctor(live)
        assert (code, "all is well" in said) == (0, True), said
        assert "all 2 partitions are written, the newest record is" in said
        assert "a board answers and is ready" in said
        change(live, "cleanup.policy", "compact")
        live.programs.pop("worker").kill()
        live.until(lambda: live.state() == "worker_silent", "silent")
        live.send(answered("d", 1_800_000_000_000 - 10**12))
        code, said = doctor(live, "site.language=fr")
        assert code == 1
        assert "cleanup.policy vaut compact au lieu de delete" in said
        assert "les partitions 0, 1 se taisent depuis" in said
        assert "3 événements de 2 partitions ne sont pas encore lus" in said
        assert "n'est pas prêt : worker silent" in said


def change(live: Live, key: str, value: str) -> None:
    """A setting of the topic of calls."""
    admin = KafkaAdminClient(bootstrap_servers=live.bootstrap)
    name = live.settings.kafka.topics.calls
    try:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, {key: value})])
    finally:
        admin.close()
