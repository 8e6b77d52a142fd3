"""The rules behind automatic standards: each answers one question about one conversation.

Every rule says what it rests on. Where it cannot know, because the moment it asks about did not
come or the language has no patterns, it does not apply: silence never counts against anybody.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from lib.quality import words
from lib.quality.models.standards import Message, QualityCase, Verdict

Check = Callable[[QualityCase, Mapping[str, Any]], Verdict]

NOT_APPLICABLE = Verdict("not_applicable")
UNHAPPY = -0.25
"""A message of the client below this is one of displeasure."""
WORSE = 0.3
"""So much lower at the end than at the beginning is a worse mood."""


def promise(case: QualityCase, parameters: Mapping[str, Any]) -> Verdict:
    """Were promises of these kinds kept? Cancelled ones were not owed any more."""
    owed = [p for p in case.promises if p.kind in parameters["kinds"]]
    broken = [p.id for p in owed if p.state == "breached"]
    return _unless(broken, [p.id for p in owed if p.state == "met"])


def fastest_answer(case: QualityCase, parameters: Mapping[str, Any]) -> Verdict:
    """Did a person answer the first message within so many seconds?"""
    if not case.asked:
        return NOT_APPLICABLE
    first = case.asked[0]
    answers = [said for said in case.said if said.created_at >= first.created_at]
    if not answers:
        return NOT_APPLICABLE
    wait = answers[0].created_at - first.created_at
    return _said([first, answers[0]], is_kept=wait <= timedelta(seconds=parameters["seconds"]))


def brand_rules(case: QualityCase, parameters: Mapping[str, Any]) -> Verdict:
    """Did the check of style find none of these?"""
    styled = [said for said in case.said if said.brand_score is not None]
    broken = [said.id for said in styled if set(said.brand_rules) & set(parameters["rules"])]
    return _unless(broken, [said.id for said in styled])


def brand_score(case: QualityCase, parameters: Mapping[str, Any]) -> Verdict:
    """Is the mean score of style at least so high?"""
    scores = {said.id: said.brand_score for said in case.said if said.brand_score is not None}
    if not scores:
        return NOT_APPLICABLE
    is_kept = sum(scores.values()) / len(scores) >= parameters["at_least"]
    return Verdict("yes" if is_kept else "no", tuple(scores))


def no_override(case: QualityCase, _: Mapping[str, Any]) -> Verdict:
    """Was nothing sent against the gate's advice?"""
    styled = [said for said in case.said if said.brand_score is not None]
    return _unless([said.id for said in styled if said.is_override], [said.id for said in styled])


def greeting(case: QualityCase, _: Mapping[str, Any]) -> Verdict:
    """Does the first answer greet?"""
    return _spoken(case, case.said[:1], is_kept=words.has(words.GREETING, case.said[0].body))


def closing(case: QualityCase, _: Mapping[str, Any]) -> Verdict:
    """Does the last answer part with a courtesy?"""
    return _spoken(case, case.said[-1:], is_kept=words.has(words.CLOSING, case.said[-1].body))


def address(case: QualityCase, parameters: Mapping[str, Any]) -> Verdict:
    """Was the client addressed by name or title so often?"""
    names = {"given": case.given_name, "family": case.family_name}
    counts = {said.id: words.count_addresses(said.body, names) for said in case.said}
    is_kept = sum(counts.values()) >= parameters["times"]
    evidence = [said for said in case.said if counts[said.id] or not is_kept]
    return _spoken(case, evidence, is_kept=is_kept)


def further_help(case: QualityCase, _: Mapping[str, Any]) -> Verdict:
    """Was the client asked what else might be done?"""
    return _somewhere(case, words.FURTHER_HELP)


def thanks(case: QualityCase, _: Mapping[str, Any]) -> Verdict:
    """Was the client thanked?"""
    return _somewhere(case, words.THANKS)


def last_word(case: QualityCase, _: Mapping[str, Any]) -> Verdict:
    """Was the client's last message answered, unless it only said thanks?"""
    last = case.asked[-1]
    answered = [said for said in case.said if said.created_at >= last.created_at]
    if not answered and not words.is_question(last.body):
        return _said([last], is_kept=True) if words.is_thanks(last.body) else NOT_APPLICABLE
    return _said([last, *answered[:1]], is_kept=bool(answered))


def one_face(case: QualityCase, parameters: Mapping[str, Any]) -> Verdict:
    """Did no more people than this write to the client?"""
    firsts = {said.author_id: said for said in reversed(case.said)}
    return _said(reversed(firsts.values()), is_kept=len(firsts) <= parameters["at_most"])


def follow_up(case: QualityCase, parameters: Mapping[str, Any]) -> Verdict:
    """Did whoever announced a follow-up write again in time?"""
    limit = timedelta(hours=parameters["hours"])
    announced = [said for said in case.said if words.has(words.FOLLOW_UP, said.body)]
    if case.language not in words.LANGUAGES or not announced:
        return NOT_APPLICABLE
    late = [said.id for said in announced if not _is_followed(said, case, limit)]
    return _unless(late, [said.id for said in announced])


def solved_once(case: QualityCase, _: Mapping[str, Any]) -> Verdict:
    """Did the client come back? Only who solved it before has to answer for that."""
    if case.cycle == 1:
        return Verdict("yes")
    is_own = case.agent_id is not None and case.agent_id == case.previous_agent_id
    return _said(case.asked[:1], is_kept=False) if is_own else NOT_APPLICABLE


def mood(case: QualityCase, _: Mapping[str, Any]) -> Verdict:
    """Did the client not leave in a worse mood than they came in?"""
    judged = [said for said in case.asked if said.sentiment is not None]
    if len(judged) < 2:
        return NOT_APPLICABLE
    first, last = judged[0], judged[-1]
    fall = (first.sentiment or 0.0) - (last.sentiment or 0.0)
    return _said([first, last], is_kept=fall <= WORSE)


def apology(case: QualityCase, _: Mapping[str, Any]) -> Verdict:
    """Was displeasure answered with an apology?"""
    unhappy = [s for s in case.asked if s.sentiment is not None and s.sentiment <= UNHAPPY]
    if not unhappy:
        return NOT_APPLICABLE
    after = [said for said in case.said if said.created_at >= unhappy[0].created_at]
    sorry = [said for said in after if words.has(words.APOLOGY, said.body)]
    return _spoken(case, [unhappy[0], *sorry[:1]], is_kept=bool(sorry))


def no_secrets(case: QualityCase, _: Mapping[str, Any]) -> Verdict:
    """Did nobody of us write a card number, a national number or a password?"""
    told = [said.id for said in case.said if words.has_secret(said.body)]
    return _unless(told, [said.id for said in case.said])


def resolution_note(case: QualityCase, _: Mapping[str, Any]) -> Verdict:
    """Is it written down how the matter was settled?"""
    return Verdict("yes" if case.has_resolution else "no")


CHECKS: Mapping[str, Check] = {
    rule.__name__: rule
    for rule in (
        promise, fastest_answer, brand_rules, brand_score, no_override, greeting, closing, address,
        further_help, thanks, last_word, one_face, follow_up, solved_once, mood, apology,
        no_secrets, resolution_note,
    )
}  # fmt: skip
"""By the name that standards give; the names of public.quality_standards are these."""


def _is_followed(said: Message, case: QualityCase, limit: timedelta) -> bool:
    later = [s for s in case.said if s.created_at > said.created_at]
    return any(s.created_at - said.created_at <= limit for s in later)


def _said(evidence: Iterable[Message], *, is_kept: bool) -> Verdict:
    return Verdict("yes" if is_kept else "no", tuple(message.id for message in evidence))


def _spoken(case: QualityCase, evidence: Iterable[Message], *, is_kept: bool) -> Verdict:
    return _said(evidence, is_kept=is_kept) if case.language in words.LANGUAGES else NOT_APPLICABLE


def _somewhere(case: QualityCase, pattern: Any) -> Verdict:
    found = [said for said in case.said if words.has(pattern, said.body)]
    return _spoken(case, found or case.said[-1:], is_kept=bool(found))


def _unless(broken: list[UUID], kept: list[UUID]) -> Verdict:
    if broken:
        return Verdict("no", tuple(broken))
    return Verdict("yes", tuple(kept)) if kept else NOT_APPLICABLE
