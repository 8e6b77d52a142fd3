"""Which approved template and which good answers are nearest to a question: TF-IDF, cosine."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lib.intelligence.models.replies import GoodAnswer, ReplyTemplate, Tone
from lib.intelligence.text import STEM, cap, tokens_of

EDIT_PRIOR_WEIGHT = 10
"""So many sent drafts before what agents changed counts half."""
LARGEST_PENALTY = 0.5
"""A template whose drafts are always rewritten loses this share of its score."""
SAME_CATEGORY_GAIN = 0.15


@dataclass(frozen=True)
class Nearest:
    """A template, its cosine with the question, and the score it is ranked by."""

    template: ReplyTemplate
    similarity: float
    score: float


def similarities(question: str, texts: Sequence[str]) -> list[float]:
    """Return the cosine of each text with the question, 0 to 1; words count by their stems."""
    # Imported where a draft is made: replicas start a second sooner without it.
    from sklearn.feature_extraction.text import TfidfVectorizer

    if not texts:
        return []
    vectorizer = TfidfVectorizer(analyzer=_stems, sublinear_tf=True)
    try:
        known = vectorizer.fit_transform(list(texts))
    except ValueError:  # Not a word in any of them.
        return [0.0] * len(texts)
    asked = vectorizer.transform([question])
    found = np.asarray((known @ asked.T).todense()).ravel()
    return [float(min(max(value, 0.0), 1.0)) for value in found]


def rank_templates(
    question: str, category: str, templates: Sequence[ReplyTemplate]
) -> list[Nearest]:
    """Return the templates, best first; one's own category and little editing count for it."""
    ranked = [
        Nearest(template, near, near * _trust(template) + _gain(template, category, near))
        for template, near in zip(
            templates, similarities(question, [each.examples for each in templates]), strict=True
        )
    ]
    return sorted(ranked, key=lambda each: (-each.score, each.template.template))


def rank_answers(
    question: str, answers: Sequence[GoodAnswer], threshold: float
) -> list[tuple[GoodAnswer, float]]:
    """Return the good answers to the most similar questions, at most three."""
    near = similarities(question, [each.question for each in answers])
    ranked = sorted(zip(answers, near, strict=True), key=lambda each: -each[1])
    return [(answer, value) for answer, value in ranked[:3] if value >= threshold]


def fitting(templates: Sequence[ReplyTemplate], language: str, tone: Tone) -> list[ReplyTemplate]:
    """Return the templates of this language; one of the very tone goes before one for all."""
    own = {t.template for t in templates if t.language == language and t.tone == tone}
    return [
        t
        for t in templates
        if t.language == language and (t.tone == tone or (t.tone is None and t.template not in own))
    ]


def _trust(template: ReplyTemplate) -> float:
    known = template.sent_count / (template.sent_count + EDIT_PRIOR_WEIGHT)
    return 1 - LARGEST_PENALTY * min(template.edit_share, 1.0) * known


def _gain(template: ReplyTemplate, category: str, near: float) -> float:
    return SAME_CATEGORY_GAIN if near > 0 and template.category == category else 0.0


def _stems(text: str) -> list[str]:
    return [token[:STEM] for token in tokens_of(cap(text)) if token.isalnum() and len(token) > 1]
