-- One spelling of a key everywhere: lower-case letters and digits, nothing else (story 24).
{{ config(meta={
    'judges': ['player_game_summary', 'upcoming_player_game_context'], 'severity': 'hold',
    'reason': 'a key in another spelling is a player that nothing joins',
}) }}
{%- set tables = {'player_game_summary': 'player_lookup', 'upcoming_player_game_context': 'player_lookup'} %}
{%- for table, key in judged_among(tables).items() %}
{{ 'union all' if not loop.first }}
select game_date, game_id, {{ key }} from {{ ref(table) }}
where {{ in_window('game_date') }} and not {{ matches(key, '^[a-z0-9]+$') }}
{%- endfor %}
