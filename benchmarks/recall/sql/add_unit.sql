INSERT INTO unit (position, lexemes)
VALUES (%(position)s, to_tsvector('english', %(text)s));
