"""What a life may ask of the outside: settings, names of groups, nothing else."""

from dataclasses import dataclass, field

from streams.core.facts import Groups
from streams.core.targets import Rules


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Settings and the numbering of groups in this process."""

    rules: Rules
    groups: Groups = field(default_factory=Groups)

    @property
    def agents(self) -> bool:
        """Whether figures of single agents are kept (personal data)."""
        return self.rules.agents
