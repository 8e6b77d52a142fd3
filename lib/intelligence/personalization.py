"""What a client likes, from what they chose: an exponential average for each option of a topic.

Folded afresh from all choices in their order, never from the last average: what is told late, or
corrected, or taken back counts exactly as if it had been told in time.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lib.intelligence.models.personalization import (
    Choice,
    ClientChoices,
    LearntProfile,
    PersonalizationContexts,
    Preference,
    Topic,
)


@dataclass(frozen=True, kw_only=True)
class PersonalizationPolicy:
    """What is not a setting."""

    version: str = "personalization-1"
    prior: float = 0.5
    """What an option is worth before anything was chosen of its topic."""
    keep: timedelta = timedelta(days=365)
    """How long an option is remembered after it was last chosen."""


def decide(
    contexts: PersonalizationContexts, policy: PersonalizationPolicy
) -> Mapping[UUID, LearntProfile]:
    """Return the profiles by the subjects of the jobs; none while the house has it switched off."""
    if not contexts.settings.is_enabled:
        return {}
    return {
        subject_id: _profile_of(client, contexts, policy)
        for client in contexts.clients
        for subject_id in client.subject_ids
    }


def learn(
    choices: Sequence[Choice], rate: float, now: datetime, policy: PersonalizationPolicy
) -> Sequence[Preference]:
    """Return what these choices, in any order, say; options last chosen too long ago are left out.

    `rate` from 0 to 1: how far each choice moves an average towards 1, or 0 for the others.
    """
    topics: dict[Topic, list[Choice]] = defaultdict(list)
    for choice in sorted(choices, key=lambda made: made.chosen_at):
        topics[choice.topic].append(choice)
    return [
        preference
        for topic in sorted(topics)
        for preference in _learn_topic(topics[topic], rate, policy)
        if preference.expires_at > now
    ]


def _profile_of(
    client: ClientChoices, contexts: PersonalizationContexts, policy: PersonalizationPolicy
) -> LearntProfile:
    learnt = learn(client.choices, contexts.settings.learning_rate, contexts.read_at, policy)
    return LearntProfile(client_id=client.client_id, read_at=contexts.read_at, preferences=learnt)


def _learn_topic(
    choices: Sequence[Choice], rate: float, policy: PersonalizationPolicy
) -> Sequence[Preference]:
    values = dict.fromkeys((made.choice for made in choices), policy.prior)
    last: dict[str, datetime] = {}
    for made in choices:
        for option in values:
            values[option] += rate * ((option == made.choice) - values[option])
        last[made.choice] = made.chosen_at
    return [
        Preference(
            topic=choices[0].topic,
            choice=option,
            value=min(1.0, max(0.0, values[option])),
            confidence=1 - (1 - rate) ** len(choices),
            choice_count=len(choices),
            expires_at=last[option] + policy.keep,
            policy_version=policy.version,
        )
        for option in sorted(values)
    ]
