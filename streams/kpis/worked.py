"""The worked examples that several KPIs share: the same little story, each reads its own figure.

The lines are those of `streams.kpis.examples`, in the order in which they are read. The target is
20 s and the short limit 5 s throughout, unless an example changes them.
"""

from typing import Final

WAIT: Final = """
    90x 10:00:00 early contact.queued queue=q
    10x 10:00:00 late contact.queued queue=q
    90x 10:00:10 early contact.answered
    10x 10:01:00 late contact.abandoned
"""
"""90 answered after 10 s, 10 abandoned after 60 s."""

HANDLE: Final = """
    10:00:00 c contact.queued queue=q
    10:00:30 c contact.answered agent=ann
    10:01:00 c contact.held
    10:01:20 c contact.resumed
    10:04:50 c contact.ended
    10:05:50 c contact.wrapup_ended
"""
"""Wait 30 s, talk 240 s, hold 20 s, after-contact work 60 s."""

PLAIN: Final = """
    10:00:00 plain contact.queued queue=q
    10:00:10 plain contact.answered agent=bob
    10:02:10 plain contact.ended
"""
"""Wait 10 s, talk 120 s, never held, no after-contact work told."""

EMPTY: Final = """
    3x 09:00:00 agent agent.state_changed state=available queues=["q"]
"""
"""Three agents are there, nobody calls."""

TRANSFER: Final = """
    10:00:00 c contact.queued queue=q1
    10:00:10 c contact.answered agent=ann
    10:02:00 c contact.transferred to_queue=q2 mode=blind
    10:02:00 c contact.queued queue=q2
    10:03:00 c contact.abandoned
"""
"""Answered in q1, moved on to q2, abandoned there."""

HUNDRED: Final = """
    70x 10:00:00 quick contact.queued queue=q
    20x 10:00:00 slow contact.queued queue=q
    10x 10:00:00 gone contact.queued queue=q
    70x 10:00:10 quick contact.answered
    10x 10:00:15 gone contact.abandoned
    20x 10:00:40 slow contact.answered
"""
"""100 legs: 70 answered in time, 20 late, 10 abandoned in time."""

WAYS_OUT: Final = """
    10:00:00 answered contact.queued queue=q
    2x 10:00:00 moved contact.queued queue=q
    2x 10:00:00 back contact.queued queue=q
    10:00:10 answered contact.answered
    10:00:15 moved-1 contact.flowed_out reason=overflow
    10:00:18 back-1 contact.callback_requested
    10:00:30 moved-2 contact.flowed_out reason=timeout
    10:00:40 back-2 contact.callback_requested
"""
"""One answered in time; a flow-out and a callback in time; one of each too late."""

REACHED: Final = """
    10:20:00 back-1 contact.callback_ended outcome=reached agent=bob
"""
"""Goes on from the ways out: the first of the two is called back."""

SELF_SERVICE: Final = """
    4x 10:00:00 c contact.queued queue=q
    10:00:00 gone contact.queued queue=q
    4x 10:00:10 c contact.answered
    10:00:50 gone contact.abandoned
    10:01:00 c-1 contact.transferred mode=self_service
    4x 10:02:00 c contact.ended
"""
"""Four answered, one of them sent on to self-service, and one abandoned."""

RING: Final = """
    10:00:00 c contact.queued queue=q
    10:00:05 c contact.offered_to_agent agent=ann
    10:00:20 c contact.ring_no_answer agent=ann ring_seconds=15
    10:00:21 c contact.offered_to_agent agent=bob
    10:00:26 c contact.answered agent=bob
"""
"""Ann's phone rings in vain, Bob picks up after 5 s."""

STILL_WAITING: Final = """
    10:00:00 quick contact.queued queue=q
    10:00:00 c contact.queued queue=q
    10:00:10 quick contact.answered
"""
"""One answered in time, one still there."""

ON_TARGET: Final = """
    10:00:00 c contact.queued queue=q
    10:00:20 c contact.answered
"""
"""A wait of exactly the target is in time."""

SHORT: Final = """
    10:00:00 c contact.queued queue=q
    10:00:03 c contact.abandoned
"""
"""A caller who hangs up after 3 s."""

DISORDER: Final = """
    10:00:00 c contact.queued queue=q
    10:03:00 c contact.ended
    10:00:12 c contact.answered agent=ann
    10:00:12 c contact.answered agent=ann
"""
"""The end is read before the answer, and the answer twice."""

AGENTS: Final = """
    09:00:00 ann agent.state_changed state=available queues=["q"]
    09:00:00 bob agent.state_changed state=available queues=["q"]
    09:00:00 eve agent.state_changed state=break queues=["q"]
    09:20:00 ann agent.state_changed state=on_contact queues=["q"]
    09:50:00 ann agent.state_changed state=wrapup queues=["q"]
    09:55:00 bob agent.state_changed state=offline queues=["q"]
    09:58:00 eve agent.state_changed state=available queues=["q"]
"""
"""Ann takes a contact, Bob goes home, Eve comes back from her break."""
