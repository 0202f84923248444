CREATE INDEX unit_lexemes ON unit USING gin (lexemes);
ANALYZE unit;
