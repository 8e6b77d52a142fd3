"""The page: whole, silent towards the world, escaped, and the same to the byte."""

import os
import re
import subprocess
import sys
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from lib.analytics.models.reports import Kind, Language
from lib.analytics.report.document import Figure
from lib.analytics.report.render import SECTIONS, compose, render
from lib.analytics.report.tongue import NARROW, NO_BREAK
from tests.unit.analytics.report_house import a_context, base_inputs, executive_inputs

PROJECT = Path(__file__).resolve().parents[3]
EVERY = [("executive", "pl"), ("executive", "en"), ("success", "pl"), ("success", "en")]
VOID = {"meta", "link", "br", "img", "input", "hr"}
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> &amp; {{ 7 * 7 }}"


class Page(HTMLParser):
    """Reads a page: its tags with their attributes, and whether they are well nested."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_a_page_is_whole_and_asks_for_nothing(kind: Kind, language: Language) -> None:
    html = render(a_context(kind, language)).html
    page = Page(html)
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "iframe", "object", "embed", "link", "img", "form", "base"}
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
        target = attributes.get("href") or attributes.get("src")
        assert target is None or target.startswith("#")
    assert not re.search(r"https?:|url\((?!#)|@import", html)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {a["href"] for _, a in page.tags if "href" in a} <= {f"#{name}" for name in ids}


def test_its_policy_allows_its_own_style_sheet_alone() -> None:
    html = render(a_context()).html
    (styles,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = b64encode(sha256(styles.encode()).digest()).decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy.replace("&#39;", "'").startswith(
        f"default-src 'none'; style-src 'sha256-{digest}'"
    )


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_figure_has_words_and_its_numbers_are_in_a_table(
    kind: Kind, language: Language
) -> None:
    report = render(a_context(kind, language))
    charts = [a for tag, a in Page(report.html).tags if tag == "svg" and a.get("role") == "img"]
    described = re.findall(r'<title id="(figure-\d+)">(.+?)</title>', report.html)
    assert len(charts) >= 6
    assert [name for name, _ in described] == [chart["aria-labelledby"] for chart in charts]
    assert all(len(text) > 20 for _, text in described)
    document = compose(a_context(kind, language))
    tables = {table.name for table in document.tables}
    figures = [b for s in document.sections for b in s.blocks if isinstance(b, Figure)]
    assert {figure.table for figure in figures} <= tables
    assert [table.name for table in report.tables] == [t.name for t in document.tables]


@pytest.mark.parametrize("kind", ["executive", "success"])
def test_what_people_wrote_never_becomes_markup(kind: Kind) -> None:
    made = a_context(kind)
    inputs = poison(dict(made.inputs)) | {"desk": EVIL}
    html = render(made.model_copy(update={"inputs": inputs})).html
    assert "<script" not in html
    assert "<img" not in html
    assert "{{ 7 * 7 }}" in html
    assert html.count("&lt;script&gt;alert(1)") > 10
    Page(html)


def poison(value: Any) -> Any:
    """The same, with every word that is only shown turned into markup."""
    shown = {"label", "label_pl", "label_en", "description", "group_value", "group_label", "tier",
             "recommendation_pl", "recommendation_en", "model", "metric", "source",
             "title"}  # fmt: skip
    if isinstance(value, dict):
        return {k: EVIL if k in shown and v is not None else poison(v) for k, v in value.items()}
    return [poison(item) for item in value] if isinstance(value, list) else value


def test_the_same_inputs_give_the_same_bytes_in_any_process() -> None:
    here = sha256(render(a_context()).html.encode()).hexdigest()
    program = (
        "from hashlib import sha256\n"
        "from tests.unit.analytics.report_house import a_context\n"
        "from lib.analytics.report.render import render\n"
        "print(sha256(render(a_context()).html.encode()).hexdigest())"
    )
    other = {"PYTHONHASHSEED": "77", "LC_ALL": "pl_PL.UTF-8", "TZ": "Asia/Tokyo"}
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        env=os.environ | other,
        capture_output=True,
        check=True,
    )
    assert run.stdout.decode().strip() == here


def test_the_order_of_names_in_the_document_does_not_matter() -> None:
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(value)}
        return [turned(item) for item in value] if isinstance(value, list) else value

    assert render(a_context(**turned(executive_inputs()))).html == render(a_context()).html


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_a_house_without_data_says_so_with_dignity(kind: Kind, language: Language) -> None:
    bare = a_context(kind, language).model_copy(update={"inputs": base_inputs(kind)})
    report = render(bare)
    silent = report.html.count('class="silent"')
    assert silent == len(SECTIONS[kind]) - 1, "all but the definitions"
    assert "<figure" not in report.html
    assert report.tables == ()
    assert not re.search(r"\b(None|nan|NaN)\b", report.html)


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_one_observation_alone_can_be_drawn(kind: Kind, language: Language) -> None:
    made = a_context(kind, language)
    alone = {k: v[:1] if isinstance(v, list) else v for k, v in made.inputs.items()}
    html = render(made.model_copy(update={"inputs": alone})).html
    assert not re.search(r"\b(None|nan|NaN|inf)\b", html)


def test_numbers_are_in_the_form_of_the_language() -> None:
    polish, english = (render(a_context(language=one)).html for one in ("pl", "en"))
    assert f"186{NARROW}421{NO_BREAK}zł" in polish
    assert f"PLN{NO_BREAK}186,421" in english
    assert "182,4%" in polish
    assert "182.4%" in english
    assert "październik" in polish
    assert "October" in english


def test_a_period_that_goes_on_is_called_preliminary() -> None:
    running = base_inputs("success")["period"] | {"is_preliminary": True}
    assert "wstępne" in render(a_context("success", "pl", period=running)).html
    assert "wstępne" not in render(a_context("success", "pl")).html


def test_days_of_a_long_period_are_only_in_the_file() -> None:
    days = [{"day": f"2026-{m:02}-{d:02}", "value": 4.5, "sample_count": 3}
            for m in range(1, 13) for d in range(1, 29)]  # fmt: skip
    period = base_inputs("executive")["period"] | {"starts_on": "2026-01-01",
                                                   "ends_on": "2026-12-31"}  # fmt: skip
    report = render(a_context(satisfaction_days=days, period=period))
    (table,) = [table for table in report.tables if table.name == "days"]
    assert table.row_count == len(days) + 3, "October has three more in other series"
    assert "<tr>" not in report.html.split("days.csv")[1].split("</p>")[0]
