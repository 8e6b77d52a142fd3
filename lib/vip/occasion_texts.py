"""What a message about an occasion says, in the client's language."""

import re
from collections.abc import Mapping

from lib.vip.models.occasions import OccasionCase, OccasionRule

_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")


def write(case: OccasionCase, rule: OccasionRule, about: Mapping[str, str]) -> tuple[str, str]:
    """Return subject and body; a word that is not known is left out."""
    is_polish = case.locale.startswith("pl")
    words = {**about, "greeting": greeting(case), "name": case.given_name or ""}
    subject = rule.subject_pl if is_polish else rule.subject_en
    body = rule.body_pl if is_polish else rule.body_en
    return _fill(subject, words), _fill(body, words)


def greeting(case: OccasionCase) -> str:
    """Return how the client is addressed. Nothing is guessed: who did not say is not Pani or Pan.

    No name in the Polish forms: it would have to be in the vocative.
    """
    if case.locale.startswith("pl"):
        forms = {"female": "Szanowna Pani", "male": "Szanowny Panie"}
        return forms.get(case.gender or "", "Dzień dobry")
    if case.form_of_address == "first_name" and case.given_name:
        return f"Dear {case.given_name}"
    titles = {"female": "Ms", "male": "Mr"}
    if case.gender and case.family_name:
        return f"Dear {titles[case.gender]} {case.family_name}"
    return "Good day"


def _fill(text: str, words: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: words.get(found.group(1), ""), text)
