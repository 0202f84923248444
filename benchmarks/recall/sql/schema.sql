CREATE TABLE unit (
    position integer PRIMARY KEY,
    lexemes  tsvector NOT NULL
);
