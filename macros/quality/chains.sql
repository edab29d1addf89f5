{#
    The seven data chains (operations 1.8.1) and the sources that may serve a game, best first: chain, source, quality
    (0 to 100), severity. Severity and quality are those of meta in the sources' YAML. nbac_play_by_play, espn and bdl
    injuries are no part of the raw contract, so those fallbacks do not exist here.
#}
{% macro chain_sources() %}
    {%- set chains = [] -%}
    {%- for chain, names in [
        ('game_schedule', ['nbac_schedule']),
        ('player_boxscores', ['nbac_gamebook_player_stats', 'bdl_player_boxscores']),
        ('team_boxscores', ['nbac_team_boxscore']),
        ('player_props', ['odds_api_player_points_props', 'bettingpros_player_points_props']),
        ('game_lines', ['odds_api_game_lines']),
        ('shot_zones', ['bigdataball_play_by_play']),
        ('injury_reports', ['nbac_injury_report']),
    ] -%}
        {%- for name in names -%}
            {%- set meta = raw_source(name).config.meta -%}
            {%- do chains.append({
                'chain': chain, 'source': name, 'rank': loop.index, 'quality': meta.source_quality, 'severity': meta.chain_severity,
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
    {#- a virtual source: the players of the game, added up (definitions T1) -#}
    {%- do chains.append({
        'chain': 'team_boxscores', 'source': 'reconstructed_team_from_players', 'rank': 2, 'quality': 85, 'severity': 'critical',
    }) -%}
    {{ return(chains) }}
{% endmacro %}
