{# A source's team code -> NBA tricode; NULL when it is neither a tricode nor a known variant. #}
{% macro team_code(code) -%}
    {%- set variants = {
        'BRK': 'BKN', 'CHO': 'CHA', 'PHO': 'PHX', 'NY': 'NYK', 'GS': 'GSW', 'NO': 'NOP', 'SA': 'SAS', 'UTAH': 'UTA'
    } -%}
    case
        {%- for variant, tricode in variants.items() %}
        when {{ code }} = '{{ variant }}' then '{{ tricode }}'
        {%- endfor %}
        when {{ code }} in (
            'ATL', 'BOS', 'BKN', 'CHA', 'CHI', 'CLE', 'DAL', 'DEN', 'DET', 'GSW', 'HOU', 'IND', 'LAC', 'LAL', 'MEM',
            'MIA', 'MIL', 'MIN', 'NOP', 'NYK', 'OKC', 'ORL', 'PHI', 'PHX', 'POR', 'SAC', 'SAS', 'TOR', 'UTA', 'WAS'
        ) then {{ code }}
    end
{%- endmacro %}

{# The one game id of this project: date, away team, home team. NULL when a part is unknown. #}
{% macro canonical_game_id(game_date, away, home) -%}
    {{ date_digits(game_date) }} || '_' || {{ team_code(away) }} || '_' || {{ team_code(home) }}
{%- endmacro %}
