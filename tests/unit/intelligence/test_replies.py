"""Drafts of answers: approved words, known facts, the client's own form of address."""

from datetime import datetime

import pytest

from lib.intelligence.models.replies import ReplyClient, ReplyFacts, SentDraft
from lib.intelligence.replies import (
    Rewrite,
    ask_service,
    draft_replies,
    draft_reply,
    measure_edit,
    settle,
)
from lib.intelligence.reply_retrieval import rank_templates, similarities
from lib.intelligence.reply_wording import fill, greet, write_moment
from tests.unit.intelligence.reply_cases import (
    ANNA,
    TEMPLATES,
    a_good_answer,
    a_question,
    contexts_of,
)


def drafted(inquiry: str, **changes: object) -> str:
    question = a_question(inquiry, **changes)
    said = draft_reply(question, contexts_of(question)).draft
    assert said is not None
    return said


def test_the_nearest_template_answers_with_the_facts_of_the_client() -> None:
    question = a_question("Dzień dobry, kiedy mam wizytę i o której godzinie?")
    reply = draft_reply(question, contexts_of(question))
    assert reply.draft == (
        "Szanowna Pani,\n\nDziękuję za wiadomość w sprawie wizyty. "
        "Najbliższa wizyta: sobota, 28 listopada 2026, godz. 10:00."
    )
    assert reply.reasons == ("nearest_template",)
    assert reply.sources["facts"] == {"next_visit": "sobota, 28 listopada 2026, godz. 10:00"}
    assert reply.sources["templates"][0]["template"] == reply.sources["template"] == "visit_time"


def test_a_line_whose_fact_nobody_knows_is_left_out_and_said() -> None:
    question = a_question(facts=ReplyFacts(ticket_number=7))
    reply = draft_reply(question, contexts_of(question))
    assert reply.draft == "Szanowna Pani,\n\nDziękuję za wiadomość w sprawie wizyty."
    assert reply.reasons == ("nearest_template", "unknown_next_visit")


@pytest.mark.parametrize("inquiry", ["😀😀", "xyzzy", "Ą" * 50_000, "....", "Привіт, друже"])
def test_what_nothing_is_near_to_is_acknowledged(inquiry: str) -> None:
    assert "zgłoszenie ma numer 1001" in drafted(inquiry)


def test_words_of_injury_go_to_the_specialist_whatever_the_category() -> None:
    assert "specjaliście" in drafted("Kiedy mam wizytę? Mam wysypkę po kremie", category="booking")


def test_a_complaint_is_answered_as_a_complaint() -> None:
    assert "Przepraszam" in drafted("Kiedy mam wizytę?", category="complaint")


def test_a_language_without_templates_has_no_draft_but_a_reason() -> None:
    question = a_question(language="uk")
    reply = draft_reply(question, contexts_of(question))
    assert (reply.draft, reply.fallback_reason) == (None, "no_template")


def test_every_question_gets_its_own_answer_and_the_same_one_again() -> None:
    questions = [a_question("Proszę o fakturę"), a_question("When is my visit?", language="en")]
    contexts = contexts_of(*questions)
    made = draft_replies(contexts)
    assert made == draft_replies(contexts)
    assert "faktury" in str(made[questions[0].draft_id].draft)
    assert str(made[questions[1].draft_id].draft).startswith("Dear Ms Wiśniewska,")


@pytest.mark.parametrize(
    ("gender", "form", "tier_tone", "language", "expected"),
    [
        ("female", "formal", "formal", "pl", "Szanowna Pani,"),
        ("male", "formal", "formal", "pl", "Szanowny Panie,"),
        (None, "formal", "formal", "pl", "Szanowni Państwo,"),
        (None, "first_name", "formal", "pl", "Szanowni Państwo,"),
        ("female", "first_name", "formal", "pl", "Dzień dobry, Pani Anno,"),
        ("male", "first_name", "warm", "pl", "Dzień dobry, Panie Anno,"),
        ("female", "formal", "warm", "pl", "Dzień dobry,"),
        ("female", "first_name", "warm", "en", "Dear Anna,"),
        ("male", "formal", "warm", "en", "Dear Mr Wiśniewska,"),
        (None, "formal", "warm", "en", "Hello,"),
        (None, "formal", "formal", "en", "Dear Sir or Madam,"),
    ],
)
def test_gender_and_given_name_come_from_the_profile_or_are_not_used(
    gender: str | None, form: str, tier_tone: str, language: str, expected: str
) -> None:
    client = ReplyClient.model_validate({**dict(ANNA), "gender": gender, "form_of_address": form})
    assert greet(client, language, "warm" if tier_tone == "warm" else "formal") == expected


def test_a_letter_ends_with_farewell_and_name() -> None:
    assert drafted("Kiedy mam wizytę?", channel="email").endswith(
        "\n\nZ wyrazami szacunku,\nJan Kowalski"
    )


def test_a_client_called_like_a_variable_stays_what_they_are_called() -> None:
    text, _, _ = fill("Numer {{a}}, {{b}}.", {"a": "{{b}}", "b": "2"})
    assert text == "Numer {{b}}, 2."


def test_moments_are_written_as_the_houses_clock_shows_them() -> None:
    assert (
        write_moment(datetime.fromisoformat("2026-05-03T09:05"), "en") == "Sunday, 3 May 2026, 9:05"
    )
    assert (
        write_moment(datetime.fromisoformat("2026-05-03T09:05"), "pl")
        == "niedziela, 3 maja 2026, godz. 9:05"
    )


def test_good_answers_are_named_with_their_likeness_and_without_names() -> None:
    near = a_good_answer(
        "O której godzinie mam wizytę w sobotę?",
        "Pani Zofio, wizyta Zofii jest o 12",
        "Zofia Nowak",
    )
    question = a_question("Kiedy mam wizytę?", answers=(a_good_answer("Paczka", "Nie"), near))
    (found,) = draft_reply(question, contexts_of(question)).sources["answers"]
    assert found["message_id"] == near.message_id
    assert found["similarity"] >= 0.25
    assert "Zofi" not in found["text"]


def test_likeness_is_a_share_and_one_for_the_same_words() -> None:
    same, other = similarities("proszę o fakturę", ["proszę o fakturę", "trening jogi"])
    assert (same, other) == (pytest.approx(1), 0)
    assert similarities("cokolwiek", ["...", "!"]) == [0, 0]


def test_a_template_that_agents_always_rewrite_loses_to_its_equal() -> None:
    plain = TEMPLATES[1]
    worn = plain.model_copy(update={"template": "a_first", "sent_count": 90, "edit_share": 1.0})
    best = rank_templates("Kiedy mam wizytę?", "general", [worn, plain])[0]
    assert best.template == plain


@pytest.mark.parametrize(
    ("before", "after", "distance", "words"),
    [
        ("Dzień dobry", "Dzień  dobry", 0, 2),
        ("jeden dwa trzy", "jeden trzy", 1, 3),
        ("jeden dwa", "jeden cztery dwa pięć", 2, 4),
        ("a b c", "x y z", 3, 3),
        ("", "a", 1, 1),
    ],
)
def test_an_edit_is_measured_in_words(before: str, after: str, distance: int, words: int) -> None:
    edit = measure_edit(SentDraft(draft_id=a_question().draft_id, draft=before, answer=after))
    assert (edit.edit_distance, edit.word_count) == (distance, words)


def test_a_rewrite_that_keeps_to_the_draft_is_let_in_with_the_names_put_back() -> None:
    question = a_question(client=ANNA.model_copy(update={"form_of_address": "first_name"}))
    local = draft_reply(question, contexts_of(question))
    request = ask_service(question, local)
    assert "Anno" not in request.draft
    better = request.draft.replace("Dziękuję", "Uprzejmie dziękuję")
    reply = settle(request, Rewrite(text=better, model="m", service_ms=12, token_count=80))
    assert reply.draft is not None
    assert reply.draft.startswith("Dzień dobry, Pani Anno,\n\nUprzejmie dziękuję")
    assert (reply.is_service_used, reply.fallback_reason) == (True, None)
    assert (reply.model, reply.service_ms, reply.token_count) == ("m", 12, 80)


def test_a_rewrite_that_is_refused_or_missing_leaves_the_local_draft() -> None:
    question = a_question()
    local = draft_reply(question, contexts_of(question))
    request = ask_service(question, local)
    invented = settle(request, Rewrite(text=request.draft + " Koszt to 499 zł."))
    assert (invented.draft, invented.fallback_reason) == (local.draft, "unknown_number")
    silent = settle(request, Rewrite(failure="timeout"))
    assert (silent.draft, silent.fallback_reason) == (local.draft, "timeout")
    assert not invented.is_service_used
    assert not silent.is_service_used
