"""What a model card says beside the figures: data, licence, date, limits."""

from collections.abc import Mapping
from typing import Any

WCCRS = (
    "Wrocław Corpus of Consumer Reviews Sentiment (WCCRS), hotels and medicine, train parts; "
    "Kocoń, Zaśko-Zielińska, Miłkowski, RANLP 2019; CC BY-SA 4.0"
)
VADER = (
    "VADER ground truth (tweets, product reviews, film reviews, editorials); Hutto, Gilbert, "
    "ICWSM 2014; MIT"
)
UCI = "Sentiment Labelled Sentences, Amazon and Yelp parts; Kotzias et al., KDD 2015; CC BY 4.0"
OWN = "scripts/train/data/own_desk: messages to a salon written for this project; MIT"
SHORT_TEXTS = (
    "Learnt from single sentences: longer texts are judged piece by piece. Irony is not "
    "understood. Nothing here is evidence of accuracy on an installation's own messages: "
    "its agents' corrections are."
)

CARDS: Mapping[str, Mapping[str, Any]] = {
    "sentiment_pl": {
        "task": "Sentiment of a Polish text: negative, neutral, positive, ambiguous",
        "trained_on": "2026-11-22",
        "data": [WCCRS, OWN],
        "licence": (
            "CC BY-SA 4.0: weights adapted from WCCRS by Kocoń, Zaśko-Zielińska and Miłkowski, "
            "changed by training; share alike, name them"
        ),
        "calibrated_on": "the dev parts (a temperature for each of the two kinds of review)",
        "limits": [
            SHORT_TEXTS,
            "Ambiguous sentences are rarely found: 1.7 % of the training data.",
            "Reviews of hotels and doctors hold few questions and hardly any emoji: our own "
            "messages and a table of emoji make up for it.",
        ],
    },
    "sentiment_en": {
        "task": "Sentiment of an English text: negative, neutral, positive",
        "trained_on": "2026-11-22",
        "data": [VADER, UCI, OWN],
        "licence": "MIT; data as named, CC BY 4.0 for the sentences of UCI",
        "calibrated_on": "a tenth of the data (one temperature)",
        "limits": [
            SHORT_TEXTS,
            "Neutral means rated between -0.5 and 0.5 by twenty people: a weak boundary.",
            "VADER was made with the tweets, so figures on them flatter.",
        ],
    },
    "language": {
        "task": "Polish or English, from few letters, with or without diacritics",
        "trained_on": "2026-11-22",
        "data": [WCCRS, VADER, UCI, OWN],
        "licence": "CC BY-SA 4.0, as WCCRS is part of the data",
        "calibrated_on": "nothing: a share of confidence, not a measured probability",
        "limits": ["Other languages are told by py3langid, from 20 letters on."],
    },
}
