"""The frame of all pages, without a browser: sessions, forms that are not ours, failures, headers, hostile input."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from deploy.local.town import Town
from tests.browser.signing_in import SESSION, Visitor, hidden_fields
from tests.e2e.district import District

pytestmark = [pytest.mark.browser, pytest.mark.quick]
SignedIn = Callable[[str], Visitor]
HOSTILE = ["<script>alert(1)</script>", "\x00\x07", "\u202e\ud7ff", "{{ 7 * 7 }}", "%00", "'; --", "٣" * 300, "../../x"]


@pytest.fixture
def visitor(town: Town) -> Iterator[Visitor]:
    fresh = Visitor(town.base_url)
    yield fresh
    fresh.close()


@pytest.fixture(scope="module")
def slug(district: District) -> str:
    return district.day.slug


@pytest.fixture(scope="module")
def learner_id(district: District) -> str:
    return district.learner(1).person_id


def test_whoever_is_not_signed_in_is_asked_to_be_and_comes_back(visitor: Visitor) -> None:
    answer = visitor.get("/today?x=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?back=%2Ftoday%3Fx%3D1")


def test_each_role_is_led_to_its_own_first_page(signed_in: SignedIn, district: District, learner_id: str) -> None:
    guardian = district.day["guardian"].person_id
    led = {role: signed_in(who).get("/").headers["location"] for role, who in {"l": learner_id, "g": guardian}.items()}
    assert led == {"l": "/today", "g": "/family"}


def test_another_roles_page_is_refused_in_plain_words(signed_in: SignedIn, learner_id: str) -> None:
    answer = signed_in(learner_id).get("/family")
    assert answer.status_code == 403
    assert "This is not open to you" in answer.text


def test_an_unknown_address_is_a_page_with_a_code_and_the_apis_own_stay_documents(visitor: Visitor) -> None:
    answer = visitor.get("/no/such/page")
    assert answer.status_code == 404
    assert answer.headers["x-correlation-id"] in answer.text
    for path in ("/v1/no-such", "/oauth/no-such", "/docs/no-such"):
        answer = visitor.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), path


def test_no_page_holds_a_token_and_each_says_the_policy(signed_in: SignedIn, learner_id: str) -> None:
    visitor = signed_in(learner_id)
    answer = visitor.get("/today")
    assert "eyJ" not in answer.text
    assert all("eyJ" not in value for value in visitor.kept.values())
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"
    assert "total;dur=" in answer.headers["server-timing"]


def test_a_form_without_its_token_or_from_elsewhere_changes_nothing(
    visitor: Visitor, slug: str, learner_id: str
) -> None:
    visitor.sign_in(slug, learner_id)
    fields = hidden_fields(visitor.get("/about-me").text, "/sign-out")
    refused = [
        visitor.post("/sign-out", {}),
        visitor.post("/sign-out", {**fields, "_token": "x"}),
        visitor.post("/sign-out", fields, sec_fetch_site="cross-site"),
    ]
    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert visitor.get("/about-me").status_code == 200


def test_what_was_filled_in_is_kept_when_a_form_is_not_taken(visitor: Visitor) -> None:
    answer = visitor.post("/sign-in", {"district": "oak-grove"})
    assert answer.status_code == 403
    assert "oak-grove" in answer.text
    again = visitor.fill_in(answer, "/sign-in", district="oak grove!")
    assert "There is a problem" in again.text
    assert "oak grove!" in again.text


def test_after_signing_out_the_cookie_opens_nothing_any_more(visitor: Visitor, slug: str, learner_id: str) -> None:
    visitor.sign_in(slug, learner_id)
    stolen = visitor.kept[SESSION]
    answer = visitor.fill_in(visitor.get("/about-me"), "/sign-out")
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert SESSION not in visitor.kept
    visitor.kept[SESSION] = stolen
    assert visitor.get("/about-me").status_code == 303


def test_a_session_outlives_its_process_and_requests_at_once_do_not_end_it(
    visitor: Visitor, town: Town, slug: str, learner_id: str
) -> None:
    visitor.sign_in(slug, learner_id)
    town.kill("web.api")
    assert visitor.get("/about-me").status_code == 503
    shown = visitor.get("/about-me", accept="text/html")
    assert (shown.status_code, "The pages are away just now" in shown.text) == (503, True)
    town.start_service("web.api")
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: _about_me(visitor), range(16))) == {200}


def test_a_sign_in_of_another_browser_or_a_forged_state_gets_no_session(visitor: Visitor, slug: str) -> None:
    answer = visitor.get("/signed-in?code=x&state=y")
    assert answer.status_code == 400
    assert SESSION not in visitor.kept
    visitor.fill_in(visitor.get("/sign-in"), "/sign-in", district=slug)
    assert visitor.get("/signed-in?code=x&state=y").status_code == 400
    assert SESSION not in visitor.kept


def test_an_unknown_district_is_told_on_the_page(visitor: Visitor) -> None:
    begun = visitor.fill_in(visitor.get("/sign-in"), "/sign-in", district="no-such-district")
    back = visitor.get(visitor.get(begun.headers["location"]).headers["location"])
    assert back.status_code == 400
    assert "There is no district with this short name" in back.text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_input_is_answered_with_words_and_never_comes_back_as_markup(visitor: Visitor, text: str) -> None:
    for path in ("/sign-in", "/appearance"):
        answer = visitor.fill_in(visitor.get("/sign-in"), path, district=text, back=text, language=text, theme=text)
        assert answer.status_code < 500
        assert "<script>alert" not in answer.text
        assert answer.headers.get("location", "/").startswith("/")
    assert visitor.get(f"/sign-in?back={text!r}&district={text!r}").status_code < 500


def test_a_form_that_is_too_large_or_none_at_all_is_refused_with_a_page(visitor: Visitor) -> None:
    large = visitor.post("/sign-in", {"district": "x" * 2_000_000})
    assert large.status_code == 413
    many = visitor.post("/sign-in", {f"f{number}": "x" for number in range(5_000)})
    assert many.status_code == 400
    assert "This could not be done" in many.text
    odd = visitor.http.post("/sign-in", content=b"\xff\xfe", headers={"content-type": "multipart/form-data"})
    assert odd.status_code in (400, 403)


def test_what_outside_claims_of_the_inside_does_not_reach_the_pages(visitor: Visitor, learner_id: str) -> None:
    answer = visitor.get("/about-me", authorization="Bearer x", x_trellis_deadline="1", x_forwarded_host="evil.example")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


def test_language_and_colours_are_kept_in_the_browser(visitor: Visitor) -> None:
    page = visitor.get("/sign-in")
    answer = visitor.fill_in(page, "/appearance", language="es", back="/parts")
    assert answer.headers["location"] == "/parts"
    visitor.fill_in(page, "/appearance", theme="dark")
    shown = visitor.get("/parts").text
    assert 'lang="es"' in shown
    assert 'data-theme="dark"' in shown
    assert "Las partes de las páginas" in shown
    visitor.fill_in(page, "/appearance", theme="system")
    assert "data-theme" not in visitor.get("/parts").text


def test_static_files_are_kept_for_ever_and_come_compressed(visitor: Visitor) -> None:
    page = visitor.get("/sign-in").text
    address = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    answer = visitor.get(address)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert visitor.get("/static/nothing.css").status_code == 404


def _about_me(visitor: Visitor) -> int:
    """What a page answers this browser, whatever other requests of it are under way."""
    return visitor.http.get("/about-me", headers={"cookie": f"{SESSION}={visitor.kept[SESSION]}"}).status_code
