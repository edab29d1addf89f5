"""Basketball-Reference: the schedule as CSV, box scores as saved pages."""

from pathlib import Path

from backfill.raw.layouts.basketball_reference.pages import STATISTICS

from dumps.league import FULL_NAMES, League, Row

#: No page tells an NBA id: the schedule has to be there.
NEEDS = ("nbac_schedule",)
FILLS = {
    "nbac_schedule": (),
    "nbac_gamebook_player_stats": (),
    "nbac_player_boxscores": (),
    "nbac_team_boxscore": (),
    "nba_players_registry": ("birth_date",),
}
OTHERWISE: tuple[str, ...] = ()
CODES = {"BKN": "BRK", "CHA": "CHO", "PHX": "PHO"}


def write(league: League, folder: Path) -> None:
    """The new form of the export, with headers that repeat, and a page a game."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["Date,Start (ET),Visitor/Neutral,PTS,Home/Neutral,PTS,,,Attend.,LOG,Arena,Notes"]
    listed, totals = league.of_game("nbac_gamebook_player_stats"), league.of_game("nbac_team_boxscore")
    for number, (game_id, game) in enumerate(league.games.items()):
        if number % 3 == 2:
            lines.append(lines[0])
        tip_off = game["game_date_est"]
        clock = f"{(tip_off.hour - 1) % 12 + 1}:{tip_off:%M}{'p' if tip_off.hour >= 12 else 'a'}"
        away, home = game["away_team_tricode"], game["home_team_tricode"]
        lines.append(
            f"{tip_off:%a %b %d %Y},{clock},{FULL_NAMES[away]},{game['away_team_score']},{FULL_NAMES[home]},"
            f"{game['home_team_score']},Box Score,,19156,2:09,{game['arena_name']},"
        )
        page = f"{game['game_date']:%Y%m%d}0{CODES.get(home, home)}.html"
        (folder / page).write_text(_page(game, listed[game_id], totals[game_id]), encoding="utf-8")
    (folder / "sportsref_download.csv").write_text("\n".join(lines) + "\n", encoding="utf-8-sig")


def _page(game: Row, listed: list[Row], totals: list[Row]) -> str:
    tip_off, away, home = game["game_date_est"], game["away_team_tricode"], game["home_team_tricode"]
    day = f"{tip_off:%B} {tip_off.day}, {tip_off.year}"
    clock = f"{(tip_off.hour - 1) % 12 + 1}:{tip_off:%M} {'PM' if tip_off.hour >= 12 else 'AM'}"
    parts = [
        f"<!DOCTYPE html><html><body><h1>{FULL_NAMES[away]} at {FULL_NAMES[home]} Box Score, {day}</h1>",
        f'<div class="scorebox_meta"><div>{clock}, {day}</div>',
        f"<div>{game['arena_name']}, {game['arena_city']}, {game['arena_state']}</div><div>Logos</div></div>",
    ]
    inactive = "<div><strong>Inactive:&nbsp;</strong>"
    for team in (away, home):
        own = [row for row in listed if row["team_abbr"] == team]
        total = next(row for row in totals if row["team_abbr"] == team)
        parts.append(f'<table id="box-{CODES.get(team, team)}-game-basic"><tbody>')
        players = sorted((row for row in own if row["player_status"] != "inactive"), key=lambda row: not row["starter"])
        for number, row in enumerate(players):
            if number == 5:
                parts.append('<tr class="thead"><th data-stat="player">Reserves</th><th data-stat="mp">MP</th></tr>')
            parts.append(_row(row))
        parts.append(
            "</tbody><tfoot><tr>" + _cell("player", "Team Totals") + _cell("mp", total["minutes"].split(":")[0])
        )
        counts = {
            "points": "points",
            "field_goals_made": "fg_made",
            "field_goals_attempted": "fg_attempted",
            "three_pointers_made": "three_pt_made",
            "three_pointers_attempted": "three_pt_attempted",
            "free_throws_made": "ft_made",
            "free_throws_attempted": "ft_attempted",
        }
        parts += [_cell(theirs, total[counts.get(ours, ours)]) for ours, theirs in STATISTICS.items()]
        parts.append("</tr></tfoot></table>")
        names = ",&nbsp;".join(
            f'<a href="/players/x.html">{row["player_name"]}</a>' for row in own if row["player_status"] == "inactive"
        )
        inactive += f"<span><strong>{CODES.get(team, team)}</strong>&nbsp;</span>{names}&nbsp;&nbsp;"
    return "".join([*parts, inactive, "</div></body></html>"])


def _cell(name: str, value: object) -> str:
    return f'<td data-stat="{name}">{"" if value is None else value}</td>'


def _row(row: Row) -> str:
    player = f'<tr><th data-append-csv="{row["player_lookup"]}" data-stat="player">{row["player_name"]}</th>'
    if row["player_status"] == "dnp":
        return f"{player}{_cell('reason', row['dnp_reason'])}</tr>"
    counts = "".join(_cell(theirs, row[ours]) for ours, theirs in STATISTICS.items())
    return (
        f"{player}{_cell('mp', row['minutes'].removeprefix('0'))}{counts}{_cell('plus_minus', row['plus_minus'])}</tr>"
    )
