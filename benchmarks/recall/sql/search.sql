-- Any lexeme of the question may match: lexemes joined by OR, each quoted for tsquery.
WITH asked AS (
    SELECT string_agg(
               '''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || '''', ' | '
           )::tsquery AS query
    FROM unnest(tsvector_to_array(to_tsvector('english', %(text)s))) AS lexeme
)
SELECT unit.position
FROM unit, asked
WHERE unit.lexemes @@ asked.query
ORDER BY ts_rank(unit.lexemes, asked.query, %(normalisation)s) DESC, unit.position
LIMIT %(depth)s;
