"""`backfill site`: pages without a server, a red date that names its repair, lineage of a column, and no dead link.

The fixture is 2021-22 built to 2021-12-09, with one partition deleted. The browser is Chromium; a test that needs it
fails without it. Screenshots go to NBA_TEST_SCREENSHOTS, which CI keeps.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from backfill.cli import app
from backfill.site.links import APPLICATIONS, broken_links
from backfill.site.pages import Site
from building import PROJECT, asked, backfill, change, copied, query
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.wait import WebDriverWait
from typer.testing import CliRunner

DAY, TABLE = "2021-12-05", "team_defense_game_summary"
REPAIR = f"backfill heal --start {DAY} --end {DAY}"
PUBLISHED = ("nba_analytics", "nba_precompute", "nba_predictions")
FIRST_PAGE_BYTES, FIRST_PAGE_SECONDS = 1_000_000, 2
#: Pages of which screenshots are kept.
SEEN = (
    *("index.html", "calendar/2021-22.html", "tables/index.html", "rules/index.html", "pictures/index.html"),
    *("predictions/index.html", "predictions/slate.html", "predictions/player.html"),
)
#: As Great Expectations writes them: styles from elsewhere, and a link to a page that it does not write.
DATA_DOCS = """<html><head><title>Data Docs</title>
<link rel="stylesheet" href="https://stackpath.bootstrapcdn.com/bootstrap.css"/>
<link rel="shortcut icon" href="static/images/favicon.ico"/><script src="https://code.jquery.com/jquery.js"></script>
</head><body><a href="../../expectations/suite.html">suite</a><a href="../../index.html">home</a>
<h1>Status: <b>Succeeded</b></h1></body></html>"""


@pytest.fixture(scope="module")
def warehouse_with_a_hole(current: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built warehouse without one partition."""
    warehouse = copied(current, tmp_path_factory.mktemp("hole"))
    change(warehouse, f"delete from nba_analytics.{TABLE} where game_date = '{DAY}'")
    return warehouse


@pytest.fixture(scope="module")
def written(warehouse_with_a_hole: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of that warehouse, with Data Docs."""
    folder = tmp_path_factory.mktemp("written")
    results = folder / "data_docs" / "validations" / "suite"
    results.mkdir(parents=True)
    (results / "nba-suite.html").write_text(DATA_DOCS)
    (folder / "data_docs" / "index.html").write_text(DATA_DOCS)
    docs = ("--data-docs", str(folder / "data_docs"))
    outcome = backfill(warehouse_with_a_hole, "site", "--to", str(folder / "site"), *docs)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def browser() -> Iterator[WebDriver]:
    """Chromium without a network: what a page loads from elsewhere is an error in its console."""
    browsers = [found for name in ("google-chrome", "chromium", "chromium-browser") if (found := shutil.which(name))]
    program = shutil.which("chromedriver")
    if not browsers or not program:
        pytest.fail("no chromium and chromedriver: apt-get install -y chromium chromium-driver")
    given = webdriver.ChromeOptions()
    given.binary_location = browsers[0]
    with tempfile.TemporaryDirectory() as profile:
        for argument in (
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={profile}",
        ):
            given.add_argument(argument)
        given.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(given, webdriver.ChromeService(program))
        try:
            yield driver
        finally:
            driver.quit()


@pytest.fixture(scope="module")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures of the pages go."""
    named = os.environ.get("NBA_TEST_SCREENSHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def data_of(file: Path) -> Any:
    """What a data file hands to its page."""
    return json.loads(file.read_text().split("=", 1)[1].rstrip().rstrip(";"))


def show(browser: WebDriver, page: str, *, width: int = 1440, height: int = 900, dark: bool = False) -> None:
    """Open a page in a window of a size, light or dark."""
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get("about:blank")  # an address that differs in its anchor only is not loaded again
    browser.get(page)


def test_the_site_is_plain_files_that_do_not_know_this_machine(written: Path, warehouse_with_a_hole: Path) -> None:
    assert (written / "index.html").stat().st_size < FIRST_PAGE_BYTES
    assert broken_links(written) == []
    pages = {page.relative_to(written).as_posix() for page in written.rglob("*.html")}
    assert {"docs/index.html", "lineage/index.html", "data_docs/index.html", f"tables/{TABLE}.html"} <= pages
    for file in written.rglob("*"):
        if file.is_file():
            text = file.read_text(encoding="utf-8")
            for folder in (PROJECT, warehouse_with_a_hole.parent, asked(warehouse_with_a_hole).parent):
                assert str(folder) not in text, file
    assert "window.colibriTelemetry = false" in (written / "lineage/index.html").read_text()


def test_the_calendar_tells_a_hole_from_what_is_empty_on_purpose(written: Path) -> None:
    calendar = data_of(written / "calendar/2021-22.js")

    def cell(day: str, table: str) -> list[Any]:
        return calendar["dates"][day]["cells"][calendar["tables"].index(table)]

    hole = cell(DAY, TABLE)
    assert (hole[0], hole[2], hole[5]) == ("missing", 0, REPAIR)
    assert cell("2021-12-04", TABLE)[0] == "sound"
    assert cell("2021-10-19", "ml_feature_store_v2")[0] == "empty"
    assert cell("2021-12-10", TABLE)[0] == "never"
    # who has too few games is a recorded failure, not a hole
    young = cell("2021-11-10", "player_shot_zone_analysis")
    assert young[0] == "sound" and {category for category, _ in young[6]} == {"INSUFFICIENT_DATA"}
    # one cell for each table and each game date
    assert all(len(day["cells"]) == len(calendar["tables"]) for day in calendar["dates"].values())
    assert f"<code>{REPAIR}</code>" in (written / "index.html").read_text()


def test_public_columns_are_described_and_have_a_lineage(written: Path) -> None:
    manifest = json.loads((Path(os.environ["DBT_TARGET_PATH"]) / "manifest.json").read_text())
    public = {
        node["name"]
        for node in (*manifest["nodes"].values(), *manifest["sources"].values())
        if node["resource_type"] in ("model", "source") and node["schema"] in (*PUBLISHED, "nba_raw")
    }
    entries = data_of(written / "tables/columns.js")
    assert public <= {table for _, table, _, _ in entries}
    assert [entry for entry in entries if entry[1] in public and not entry[3]] == []
    page = (written / "tables/player_game_summary.html").read_text()
    row = page[page.index('<tr id="usage_rate">') :].split("</tr>")[0]
    assert "int_boxscores__player_lines.html#fg_attempts" in row
    assert "lineage/index.html?model=model.nba_backfill.player_game_summary&amp;parents=1&amp;column=usage_rate" in row


def test_rules_come_from_the_contracts(written: Path) -> None:
    page = (written / "rules/range.html").read_text()
    for heading in ("Example", "Why it matters", "How to repair"):
        assert f"<h2>{heading}</h2>" in page
    assert "player_game_summary" in page and "where seconds_played &gt;= 300" in page
    assert "No validation is stored" in (written / "rules/index.html").read_text()


def test_data_docs_need_no_network(written: Path) -> None:
    page = (written / "data_docs/validations/suite/nba-suite.html").read_text()
    assert "https:" not in page and "expectations/suite.html" not in page
    assert 'href="../../index.html"' in page and 'href="../../../assets/data_docs.css"' in page
    listed = (written / "data_docs/index.html").read_text()
    assert 'href="validations/suite/nba-suite.html"' in listed and "everything held" in listed


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "good.html").write_text('<p id="here"><a href="#here"></a><a href="https://example.org/">other</a></p>')
    assert broken_links(tmp_path) == []
    for link in (
        '<a href="gone.html">',
        '<a href="good.html#gone">',
        '<a href="/good.html">',
        '<a href="../outside.html">',
        '<script src="https://example.org/a.js"></script>',
        '<link rel="stylesheet" href="//example.org/a.css">',
    ):
        (tmp_path / "bad.html").write_text(link)
        assert len(broken_links(tmp_path)) == 1, link


def test_text_of_the_data_is_never_markup(tmp_path: Path) -> None:
    site = Site(tmp_path)
    bad = "<img src=x onerror=alert(1)>"
    rule = {"says": bad, "page": "a.html", "name": bad, "clauses": [], "failed": [], "checked": 0}
    site.page("rules/index.html", "rules.html", "Rules", rules=[rule], last=None, has_data_docs=False)
    assert bad not in (tmp_path / "rules/index.html").read_text()


def test_what_cannot_be_shown_is_refused(current: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    refused = backfill(current, "site", "--to", str(tmp_path / "mine"))
    assert refused.returncode == 1 and "something else than a site" in refused.stderr
    assert (tmp_path / "mine" / "notes.txt").read_text() == "keep"

    absent = CliRunner().invoke(app, ["site", "--warehouse", str(tmp_path / "no.duckdb"), "--to", str(tmp_path / "a")])
    assert absent.exit_code == 1

    warehouse = copied(current, tmp_path / "empty")
    tables = [f"nba_precompute.{name}" for name in ("player_daily_cache", "player_composite_factors")]
    tables += [f"nba_precompute.{name}" for name in ("player_shot_zone_analysis", "team_defense_zone_analysis")]
    tables += [f"nba_analytics.{name}" for name in ("player_game_summary", "team_offense_game_summary", TABLE)]
    tables += [f"nba_analytics.upcoming_{kind}_game_context" for kind in ("player", "team")]
    tables += [f"nba_predictions.{name}" for name in ("ml_feature_store_v2", "player_prop_predictions")]
    tables += [f"nba_predictions.{name}" for name in ("prediction_accuracy", "system_daily_performance")]
    change(warehouse, *[f"delete from {table}" for table in tables])
    empty = backfill(warehouse, "site", "--to", str(tmp_path / "b"))
    assert empty.returncode == 1 and "nothing is built" in empty.stderr
    assert not (tmp_path / "b").exists()


def test_every_page_opens_without_an_error(written: Path, browser: WebDriver, screenshots: Path) -> None:
    began = time.monotonic()
    show(browser, (written / "index.html").as_uri())
    assert time.monotonic() - began < FIRST_PAGE_SECONDS
    browser.get_log("browser")
    for page in sorted(written.rglob("*.html")):
        name = page.relative_to(written).as_posix()
        browser.get(page.as_uri())
        errors = [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
        assert errors == [], name
        if name not in APPLICATIONS:
            assert browser.find_element(By.TAG_NAME, "h1").is_displayed(), name
    for name in SEEN:
        for width, dark in ((1440, False), (360, False), (1440, True)):
            show(browser, (written / name).as_uri(), width=width, dark=dark)
            assert browser.execute_script("return document.documentElement.scrollWidth") <= width, (name, width)
            shade = "dark" if dark else "light"
            browser.save_screenshot(str(screenshots / f"{name.replace('/', '-')}.{width}.{shade}.png"))


def test_a_red_date_names_its_repair(written: Path, browser: WebDriver, screenshots: Path) -> None:
    for width in (1440, 360):
        show(browser, (written / "calendar/2021-22.html").as_uri(), width=width)
        red = browser.find_element(By.CSS_SELECTOR, f'.cell.missing[data-date="{DAY}"][data-table="{TABLE}"]')
        browser.execute_script("arguments[0].scrollIntoView({block: 'center', inline: 'center'})", red)
        red.click()
        panel = browser.find_element(By.ID, "panel")
        assert panel.is_displayed() and REPAIR in panel.find_element(By.CSS_SELECTOR, ".chosen code").text
        assert "missing" in panel.find_element(By.CSS_SELECTOR, ".chosen").text
        browser.save_screenshot(str(screenshots / f"red-date.{width}.light.png"))
    # the same without a mouse: one stop for each month, arrows inside, Escape gives the focus back
    ActionChains(browser).send_keys(Keys.ESCAPE).perform()
    assert not browser.find_element(By.ID, "panel").is_displayed()
    assert browser.switch_to.active_element.get_attribute("data-date") == DAY
    ActionChains(browser).send_keys(Keys.ARROW_LEFT, Keys.ENTER).perform()
    assert "2021-12-04" in browser.find_element(By.ID, "panel").text
    stops = browser.find_elements(By.CSS_SELECTOR, '.heat button[tabindex="0"]')
    assert len(stops) == len(browser.find_elements(By.CSS_SELECTOR, ".heat"))


def test_a_search_for_a_column_reaches_its_lineage(written: Path, browser: WebDriver) -> None:
    show(browser, (written / "tables/index.html").as_uri())
    browser.find_element(By.ID, "search").send_keys("usage_rate", Keys.TAB)
    links = browser.find_elements(By.CSS_SELECTOR, "#results a")
    next(link for link in links if link.text == "player_game_summary.usage_rate").click()
    row = browser.find_element(By.CSS_SELECTOR, "tr:target")
    assert "int_boxscores__player_lines.fg_attempts" in row.find_element(By.CSS_SELECTOR, ".made-from").text
    row.find_element(By.CSS_SELECTOR, "th a").click()
    WebDriverWait(browser, 20).until(
        lambda page: (
            "usage_rate" in page.find_element(By.TAG_NAME, "body").text
            and "int_boxscores__player_lines" in page.find_element(By.TAG_NAME, "body").text
        )
    )


def test_dbt_docs_find_a_column(written: Path, browser: WebDriver) -> None:
    show(browser, (written / "docs/index.html").as_uri())
    wait = WebDriverWait(browser, 20)
    field = wait.until(lambda page: page.find_element(By.CSS_SELECTOR, "input[type=search], input[placeholder*=earch]"))
    field.send_keys("usage_rate")
    wait.until(lambda page: "player_game_summary" in page.find_element(By.TAG_NAME, "body").text)


def test_pictures_are_drawn(written: Path, browser: WebDriver, screenshots: Path) -> None:
    show(browser, (written / "pictures/index.html").as_uri())
    plots = browser.find_elements(By.CSS_SELECTOR, ".plot")
    assert len(plots) == 6
    for plot in plots:
        assert plot.find_elements(By.CSS_SELECTOR, "svg.main-svg"), plot.get_attribute("id")
    show(browser, (written / "pictures/shots.html").as_uri())
    says = WebDriverWait(browser, 10).until(
        lambda page: page.find_element(By.ID, "accuracy-says").text or False, "the data of the month was not loaded"
    )
    assert "2021-12-09" in says and "paint" in says
    browser.save_screenshot(str(screenshots / "pictures-shots.html.1440.light.png"))


def test_a_slate_is_sorted_and_searched(written: Path, browser: WebDriver) -> None:
    show(browser, (written / "predictions/slate.html").as_uri())
    says = WebDriverWait(browser, 10).until(
        lambda page: page.find_element(By.ID, "says").text or False, "the data of the month was not loaded"
    )
    assert "players on 2021-12-09" in says and "lay in the interval" in says

    def column(number: int) -> list[str]:
        cells = browser.find_elements(By.CSS_SELECTOR, f"#slate tbody tr > :nth-child({number})")
        return [cell.text for cell in cells]

    lines = [float(line) for line in column(4)]
    assert len(lines) > 20 and lines == sorted(lines, reverse=True)
    browser.find_element(By.CSS_SELECTOR, "#slate thead th:nth-child(4) button").click()
    assert [float(line) for line in column(4)] == sorted(lines)
    name = column(1)[0]
    browser.find_element(By.ID, "search").send_keys(name)
    assert column(1) == [name]
    link = browser.find_element(By.CSS_SELECTOR, "#slate tbody th a")
    assert link.text == name
    link.click()
    says = WebDriverWait(browser, 10).until(
        lambda page: page.find_element(By.ID, "says").text or False, "the data of the player was not loaded"
    )
    assert says.startswith(f"{name}, his last ")


def test_a_player_shows_what_was_expected_of_him_and_what_he_scored(
    current: Path, written: Path, browser: WebDriver
) -> None:
    """Every game of the page against the warehouse: newest first, points where he played, a dash where not."""
    player = "lebronjames"
    show(browser, f"{(written / 'predictions/player.html').as_uri()}#{player}")
    WebDriverWait(browser, 10).until(
        lambda page: page.find_elements(By.CSS_SELECTOR, "#games tbody tr"), "the data of the player was not loaded"
    )
    rows = browser.find_elements(By.CSS_SELECTOR, "#games tbody tr")
    found = [[cell.text for cell in row.find_elements(By.CSS_SELECTOR, "th, td")] for row in rows]
    headings = [cell.text for cell in browser.find_elements(By.CSS_SELECTOR, "#games thead th")]
    average = headings.index("season average")
    expected = query(
        current,
        f"""select predictions.game_date, results.points, predicted_points
        from nba_predictions.player_prop_predictions as predictions
        left join (select * from nba_analytics.player_game_summary where seconds_played > 0) as results
            using (game_id, player_lookup)
        where player_lookup = '{player}' and system_id = 'season_average' order by 1 desc""",
    )
    assert len(expected) > 5
    assert [(row[0], row[6], float(row[average])) for row in found] == [
        (str(day), "-" if points is None else str(points), float(predicted)) for day, points, predicted in expected
    ]
    box = browser.find_element(By.ID, "player")
    box.clear()
    box.send_keys("Stephen Curry", Keys.ENTER)
    WebDriverWait(browser, 10).until(lambda page: "Stephen Curry" in page.find_element(By.ID, "says").text)


def test_systems_claim_what_their_intervals_say(written: Path, browser: WebDriver) -> None:
    show(browser, (written / "predictions/index.html").as_uri())
    rows = browser.find_elements(By.CSS_SELECTOR, "#systems tbody tr")
    said = {tuple(cell.text for cell in row.find_elements(By.CSS_SELECTOR, "td, th")) for row in rows}
    assert {row[2] for row in said} >= {"season_average", "market_line", "ensemble_v1"}
    assert {row[-1] for row in said if row[2] == "season_average"} == {"nothing"}
    assert all("than the line" not in row[-1] for row in said)
    assert len(browser.find_elements(By.CSS_SELECTOR, ".plot svg.main-svg")) >= 2
