-- No system is right about the line so often that chance cannot explain it: above 56 % with three standard errors to spare, of
-- at least 100 recommendations that were decided. Honest systems are right 50 to 55 times of 100, and what is above 56 is a
-- look-ahead until the contrary is shown (predictions G4): the result among the inputs, the day's own errors, a late quote.
select
    system_id,
    decided,
    won
from (
    select
        system_id,
        count(prediction_correct) as decided,
        {{ count_if('prediction_correct') }} as won
    from {{ ref('prediction_accuracy') }}
    where {{ in_window('game_date') }}
    group by system_id
) as counted
where
    decided >= 100
    and 100 * won > 56 * decided
    -- 9 x 100 x 100 x 0.56 x 0.44 = 22176
    and (100 * won - 56 * decided) * (100 * won - 56 * decided) > 22176 * decided
