-- A trained version predicts only dates after everything it was trained on (predictions T2).
{{ config(meta={
    'judges': ['player_prop_predictions'], 'severity': 'hold',
    'reason': 'a model that has seen the game predicts nothing',
}) }}
select
    predictions.game_date,
    predictions.game_id,
    predictions.player_lookup,
    predictions.system_id,
    predictions.model_version,
    versions.trained_through
from {{ ref('player_prop_predictions') }} as predictions
inner join {{ ref('stg_models__versions') }} as versions on predictions.model_version = versions.version
where
    predictions.{{ in_window('game_date') }}
    and (versions.trained_through >= predictions.game_date or versions.effective_from > predictions.game_date)
