"""The agents of the simulated centre: shifts, breaks, states, and who is free for a queue."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

from streams.simulator.agenda import Agenda, LocalTime
from streams.simulator.centre import Break, Shift, Team
from streams.simulator.chance import Chance
from streams.simulator.parameters import Parameters
from streams.simulator.writing import Writer, text

if TYPE_CHECKING:
    from streams.simulator.contact import Line

_LOG_ON_SPREAD_MS: Final = 8_000
_COME_BACK_SPREAD_MS: Final = 30_000
_MINUTE_MS: Final = 60_000


class Pool:
    """The agents of one team, who serve the same queues."""

    __slots__ = ("idle", "line_names", "lines", "logged_on", "team_json")

    def __init__(self, team: Team, lines: "list[Line]") -> None:
        self.lines = lines
        self.team_json = text(team.name)
        self.line_names = ",".join(line.name_json for line in lines)
        self.idle: deque[tuple[Agent, int]] = deque()
        """Who is free, longest first; with the stage at which it was so."""
        self.logged_on = 0

    def take_idle(self) -> "Agent | None":
        """The agent who is free for longest, or None; taken out of the pool."""
        while self.idle:
            agent, stage = self.idle.popleft()
            if agent.stage == stage:
                return agent
        return None


class Agent:
    """One agent. `stage` grows with each state: what was planned before is stale."""

    __slots__ = ("key", "leaving", "name", "on_duty", "owed", "pool", "shift", "stage", "state")

    def __init__(self, name: str, pool: Pool, shift: Shift) -> None:
        self.name = name
        self.key = name.encode()
        self.pool = pool
        self.shift = shift
        self.state = "offline"
        self.stage = 0
        self.on_duty = False
        self.leaving = False
        self.owed: Break | None = None
        """A break that was due during a contact."""


class Plan(NamedTuple):
    """What an agent does at a minute of the day: log on or off, or take this break."""

    agent: Agent
    action: Callable[[Agent], None]
    pause: Break | None = None


class Staff:
    """All agents; `find_work` is asked whenever one becomes free."""

    def __init__(
        self, parameters: Parameters, agenda: Agenda, writer: Writer, lines: "dict[str, Line]"
    ) -> None:
        self._agenda = agenda
        self._writer = writer
        self._chance = Chance(parameters.seed, "staff")
        self._local = LocalTime(parameters, agenda.now_ms)
        self._gone = 0
        self.agents: list[Agent] = []
        self.find_work: Callable[[Agent], bool] = lambda _: False
        self._plans: dict[int, list[Plan]] = {}
        for team in parameters.centre.teams:
            self._hire(team, parameters, lines)
        for line in lines.values():
            line.sort_pools()

    def _hire(self, team: Team, parameters: Parameters, lines: "dict[str, Line]") -> None:
        pool = Pool(team, [lines[name] for name in team.skills])
        for line in pool.lines:
            line.pools.append(pool)
        centre = parameters.centre
        for number in range(max(1, round(team.agents * parameters.scale))):
            name = f"agent-{len(self.agents) + 1:04d}"
            agent = Agent(name, pool, _shift_of(centre.shifts, number))
            self.agents.append(agent)
            begin = agent.shift.begin
            self._plan(begin, Plan(agent, self._begin_shift))
            self._plan(agent.shift.end, Plan(agent, self._end_shift))
            for pause in centre.breaks:
                minute = begin + pause.earliest + number * 23 % (pause.latest - pause.earliest + 1)
                self._plan(minute, Plan(agent, self._take_break, pause))

    def _plan(self, minute: int, plan: Plan) -> None:
        self._plans.setdefault(minute, []).append(plan)

    # ---- the day

    def open(self, gone: Iterable[tuple[int, int]]) -> None:
        """The first instant: those on shift log on. `gone`: from, to, in seconds from now."""
        start_ms = self._agenda.now_ms
        for begin, end in gone:
            self._agenda.at(start_ms + begin * 1000, self._everyone_goes)
            self._agenda.at(start_ms + end * 1000, self._everyone_returns)
        day, minute = self._local.at(start_ms)
        for agent in self.agents:
            shift = agent.shift
            if day in shift.days and shift.begin <= minute < shift.end:
                agent.on_duty = True
                self._later(agent, self._chance.between(0, _LOG_ON_SPREAD_MS))
        next_minute_ms = start_ms + _MINUTE_MS - start_ms % _MINUTE_MS
        self._agenda.at(next_minute_ms, self._each_minute)

    def half_hour(self) -> int:
        """Which of the day's 48 half hours it is."""
        return self._local.at(self._agenda.now_ms)[1] // 30

    def weekday(self) -> int:
        """Which day it is, Monday = 0."""
        return self._local.at(self._agenda.now_ms)[0]

    def _each_minute(self, _who: object, _stage: int) -> None:
        now_ms = self._agenda.now_ms
        day, minute = self._local.at(now_ms)
        for plan in self._plans.get(minute, ()):
            if day in plan.agent.shift.days:
                at_ms = now_ms + self._chance.between(0, _MINUTE_MS - 1)
                self._agenda.at(at_ms, self._do_plan, plan)
        self._agenda.at(now_ms + _MINUTE_MS, self._each_minute)

    def _do_plan(self, plan: Plan, _stage: int) -> None:
        plan.agent.owed = plan.pause
        plan.action(plan.agent)

    def _begin_shift(self, agent: Agent) -> None:
        agent.on_duty, agent.leaving = True, False
        self._log_on(agent, agent.stage)

    def _end_shift(self, agent: Agent) -> None:
        agent.on_duty = False
        self._go(agent)

    def _everyone_goes(self, _who: object, _stage: int) -> None:
        self._gone += 1
        for agent in self.agents:
            self._go(agent)

    def _everyone_returns(self, _who: object, _stage: int) -> None:
        self._gone -= 1
        for agent in self.agents:
            if agent.on_duty:
                agent.leaving = False
                self._later(agent, self._chance.between(0, _COME_BACK_SPREAD_MS))

    def _later(self, agent: Agent, delay_ms: int) -> None:
        self._agenda.at(self._agenda.now_ms + delay_ms, self._log_on, agent, agent.stage)

    def _log_on(self, agent: Agent, stage: int) -> None:
        if agent.stage == stage and agent.state == "offline" and agent.on_duty and not self._gone:
            agent.pool.logged_on += 1
            self.free(agent)

    def _go(self, agent: Agent) -> None:
        """Logs off now, or after the present contact."""
        if agent.state in ("available", "break", "other"):
            self._log_off(agent)
        elif agent.state != "offline":
            agent.leaving = True

    def _log_off(self, agent: Agent) -> None:
        agent.leaving, agent.owed = False, None
        agent.pool.logged_on -= 1
        self.set_state(agent, "offline")

    def _take_break(self, agent: Agent) -> None:
        """The break of the plan, now or after the present contact."""
        if agent.state == "available":
            self._pause(agent)
        elif agent.state == "offline":
            agent.owed = None

    def _pause(self, agent: Agent) -> None:
        pause, agent.owed = agent.owed, None
        assert pause is not None, "only called when a break is due"
        self.away(agent, pause.state, pause.reason, pause.minutes * _MINUTE_MS)

    # ---- states

    def away(self, agent: Agent, state: str, reason: str, length_ms: int) -> None:
        """Not available for a while, then free again."""
        self.set_state(agent, state, reason)
        self._agenda.at(self._agenda.now_ms + length_ms, self._back, agent, agent.stage)

    def _back(self, agent: Agent, stage: int) -> None:
        if agent.stage == stage:
            self.free(agent)

    def free(self, agent: Agent) -> None:
        """Done with what was before: goes home, on a break, to the next contact, or is idle."""
        if agent.leaving or not agent.on_duty or self._gone:
            self._log_off(agent)
        elif agent.owed is not None:
            self._pause(agent)
        else:
            self.set_state(agent, "available")
            if not self.find_work(agent):
                agent.pool.idle.append((agent, agent.stage))

    def set_state(self, agent: Agent, state: str, reason: str = "") -> None:
        """A new state, told to the world. Who becomes available says for which queues."""
        agent.state = state
        agent.stage += 1
        pool = agent.pool
        fields = f'"state":"{state}","team":{pool.team_json}'
        if reason:
            fields += f',"reason":"{reason}"'
        if state == "available":
            fields += f',"queues":[{pool.line_names}]'
        self._writer.agent(agent, fields)


def _shift_of(shifts: tuple[Shift, ...], number: int) -> Shift:
    """Shifts spread evenly over the agents of a team."""
    place = (number * 618 + 309) % 1000 / 1000  # the golden ratio: even for any number
    for shift in shifts:
        place -= shift.share
        if place < 0:
            return shift
    return shifts[-1]
