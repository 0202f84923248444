"""Statements that have a certificate, and some that must not have one."""


def statement(constants: str, hypotheses: list[str], *cases: tuple[str, str]) -> str:
    """Return a statement's text; a constant is `name:Sort`, Real where no sort is given."""
    lines = ["(set-logic QF_NIRA)"]
    for constant in constants.split():
        name, _, sort = constant.partition(":")
        lines.append(f"(declare-const {name} {sort or 'Real'})")
    for place, hypothesis in enumerate(hypotheses):
        lines.append(f"(assert (! {hypothesis} :named given-{place}))")
    written = [f"(and {path} (not {claim}))" for path, claim in cases]
    goal = written[0] if len(written) == 1 else f"(or {' '.join(written)})"
    lines.append(f"(assert {goal})")
    return "\n".join([*lines, "(check-sat)", ""])


def _non_negative(*names: str) -> list[str]:
    return [f"(<= 0.0 {name})" for name in names]


def _unit(*names: str) -> list[str]:
    return [*_non_negative(*names), *(f"(<= {name} 1.0)" for name in names)]


def _either(condition: str, then: str, other: str, otherwise: str) -> str:
    return f"(or (and {condition} {then}) (and {other} {otherwise}))"


def _clamp(x: str, clipped: str) -> str:
    return _either(f"(<= 0.0 {x})", f"(= {clipped} {x})", f"(< {x} 0.0)", f"(= {clipped} 0.0)")


def _join(x: str, y: str, out: str) -> str:
    return _either(f"(<= {x} {y})", f"(= {out} {y})", f"(< {y} {x})", f"(= {out} {x})")


def _clip(norm: str, factor: str) -> str:
    return _either(
        f"(<= {norm} c)", f"(= {factor} 1.0)", f"(< c {norm})", f"(= (* {factor} {norm}) c)"
    )


def _code(name: str) -> str:
    return f"(or (= {name} 0) (= {name} 1) (= {name} 2))"


def _least(out: str, *, greatest: bool = False) -> str:
    cases = []
    for lane in "xyz":
        rest = [other for other in "xyz" if other != lane]
        order = [f"(<= {o} {lane})" if greatest else f"(<= {lane} {o})" for o in rest]
        cases.append(f"(and {' '.join(order)} (= {out} {lane}))")
    return f"(or {' '.join(cases)})"


_BLEND = "(+ (* a x) (* b y) (* c z))"
_WEIGHTS = _non_negative("a", "b", "c")
_BOUND = "(* (- 1.0 l) h c)"
_STEP = "(* (- 1.0 l) h g)"
_CODES = [_code("x"), _code("y"), _code("z")]
_GRAM = ["(= xx (* n n))", "(= yy (* m m))", *_non_negative("n", "m", "c")]
_CLIPPED = "(+ (* a a xx) (- (* 2.0 a b xy)) (* b b yy))"
_DIVISION = ["(= (+ (* q b) r) a)", "(<= 0 r)", "(< r b)", "(= (+ (* p b) s) d)", "(<= 0 s)"]

PROVABLE = {
    "a convex combination is bounded": statement(
        "a b c w x y z",
        [*_WEIGHTS, "(= (+ a b c) w)", *_unit("x", "y", "z")],
        ("true", f"(and (<= 0.0 {_BLEND}) (<= {_BLEND} w))"),
    ),
    "a blend lies between its least and greatest lane": statement(
        "a b c x y z m n",
        [*_WEIGHTS, "(= (+ a b c) 1.0)", _least("m"), _least("n", greatest=True)],
        ("true", f"(and (<= m {_BLEND}) (<= {_BLEND} n))"),
    ),
    "a blend is monotone": statement(
        "a b c x y z u",
        [*_WEIGHTS, "(<= x u)"],
        ("true", f"(<= {_BLEND} (+ (* a u) (* b y) (* c z)))"),
    ),
    "a clamp is non-expansive": statement(
        "x y p q d",
        [
            _clamp("x", "p"),
            _clamp("y", "q"),
            _either("(<= y x)", "(= d (- x y))", "(< x y)", "(= d (- y x))"),
        ],
        ("true", "(and (<= (- p q) d) (<= (- q p) d))"),
    ),
    "a damped step is bounded": statement(
        "l h c g",
        ["(<= 0.0 l)", "(< l 1.0)", *_non_negative("h", "c"), "(<= (- c) g)", "(<= g c)"],
        ("true", f"(and (<= {_STEP} {_BOUND}) (<= (- {_BOUND}) {_STEP}))"),
    ),
    "integer division is monotone": statement(
        "q:Int b:Int r:Int a:Int p:Int s:Int d:Int",
        [*_DIVISION, "(< s b)", "(<= a d)"],
        ("true", "(<= q p)"),
    ),
    "a quotient with a remainder exceeds -1, even over the reals": statement(
        "q b r a",
        ["(= (+ (* q b) r) a)", "(<= 0.0 r)", "(< r b)", "(<= 0.0 a)"],
        ("true", "(< (- 1.0) q)"),
    ),
    "a composed reliability is sound": statement(
        "r s u t f",
        [
            *_unit("r", "s", "u"),
            "(= t (- 1.0 (+ (- 1.0 r) (- 1.0 s) (- 1.0 u))))",
            _clamp("t", "f"),
        ],
        ("true", "(and (<= 0.0 f) (<= f r) (<= f s) (<= f u))"),
    ),
    "Fréchet's bound is below the product": statement(
        "r s", _unit("r", "s"), ("true", "(<= (- (+ r s) 1.0) (* r s))")
    ),
    "duals bound an assignment's cost": statement(
        "x11 x12 x21 x22 c11 c12 c21 c22 u1 u2 v1 v2 k1 k2",
        [
            *_non_negative("x11", "x12", "x21", "x22"),
            *("(= (+ x11 x12) 1.0)", "(= (+ x21 x22) 1.0)"),
            *("(<= (+ x11 x21) k1)", "(<= (+ x12 x22) k2)", "(<= v1 0.0)", "(<= v2 0.0)"),
            *(f"(<= (+ u{i} v{j}) c{i}{j})" for i in (1, 2) for j in (1, 2)),
        ],
        (
            "true",
            "(<= (+ u1 u2 (* k1 v1) (* k2 v2)) "
            "(+ (* c11 x11) (* c12 x12) (* c21 x21) (* c22 x22)))",
        ),
    ),
    "projection onto the simplex is nearest": statement(
        "x1 x2 x3 p1 p2 p3 q1 q2 q3 t",
        [
            *(
                _either(f"(<= t x{i})", f"(= p{i} (- x{i} t))", f"(< x{i} t)", f"(= p{i} 0.0)")
                for i in (1, 2, 3)
            ),
            *("(= (+ p1 p2 p3) 1.0)", "(= (+ q1 q2 q3) 1.0)", *_non_negative("q1", "q2", "q3")),
        ],
        ("true", f"(<= (+ {' '.join(f'(* (- x{i} p{i}) (- q{i} p{i}))' for i in '123')}) 0.0)"),
    ),
    "a Gram scalar is at most the product of norms": statement(
        "xx yy xy n m c",
        [*_GRAM, "(<= (* xy xy) (* xx yy))"],
        ("true", "(<= xy (* n m))"),
    ),
    "a radial clip is non-expansive": statement(
        "xx yy xy n m c a b",
        [*_GRAM, "(<= xy (* n m))", *_unit("a", "b"), _clip("n", "a"), _clip("m", "b")],
        ("true", f"(<= {_CLIPPED} (+ xx (- (* 2.0 xy)) yy))"),
    ),
    "a radial clip of the longer vector alone is non-expansive, in one step": statement(
        "xx yy xy n m c a b",
        [*_GRAM, "(<= (* xy xy) (* xx yy))"],
        (
            "(and (< c n) (= (* a n) c) (<= m c) (= b 1.0))",
            f"(<= {_CLIPPED} (+ xx (- (* 2.0 xy)) yy))",
        ),
    ),
    "a variational inequality makes a projection non-expansive": statement(
        "x1 x2 x3 p1 p2 p3 y1 y2 y3 q1 q2 q3",
        [
            f"(<= (+ {' '.join(f'(* (- x{i} p{i}) (- q{i} p{i}))' for i in '123')}) 0.0)",
            f"(<= (+ {' '.join(f'(* (- y{i} q{i}) (- p{i} q{i}))' for i in '123')}) 0.0)",
        ],
        (
            "true",
            f"(<= (+ {' '.join(f'(* (- p{i} q{i}) (- p{i} q{i}))' for i in '123')}) "
            f"(+ {' '.join(f'(* (- x{i} y{i}) (- x{i} y{i}))' for i in '123')}))",
        ),
    ),
    "Cauchy's inequality in three dimensions": statement(
        "a b c x y z",
        [],
        (
            "true",
            f"(<= (* {_BLEND} {_BLEND}) "
            "(* (+ (* a a) (* b b) (* c c)) (+ (* x x) (* y y) (* z z))))",
        ),
    ),
    "a saturating weight is monotone and bounded": statement(
        "t u k y z h",
        [
            *("(< 0.0 h)", "(<= 0.0 t)", "(<= t u)", "(<= 0.0 k)"),
            *("(= (* y (+ t h)) (* t k))", "(= (* z (+ u h)) (* u k))"),
        ],
        ("true", "(and (<= y z) (<= y k) (<= 0.0 y))"),
    ),
    "a score with priors is bounded": statement(
        "s p q r b",
        [
            *(*_unit("s"), "(<= 0.0 b)"),
            *(f"(and (<= 1.0 {x}) (<= {x} (+ 1.0 b)))" for x in "pqr"),
        ],
        ("true", "(<= (* s p q r) (* (+ 1.0 b) (+ 1.0 b) (+ 1.0 b)))"),
    ),
    "a tie-break is transitive": statement(
        "x:Int y:Int z:Int i:Int j:Int k:Int",
        ["(or (< y x) (and (= x y) (< i j)))", "(or (< z y) (and (= y z) (< j k)))"],
        ("true", "(or (< z x) (and (= x z) (< i k)))"),
    ),
    "a square of a difference from a constant": statement(
        "x", [], ("true", "(<= (* 2.0 x) (+ 1.0 (* x x)))")
    ),
    "a chain's join is commutative": statement(
        "x:Int y:Int z:Int u:Int v:Int",
        [*_CODES, _join("x", "y", "u"), _join("y", "x", "v")],
        ("true", "(= u v)"),
    ),
    "a chain's join is associative": statement(
        "x:Int y:Int z:Int u:Int v:Int s:Int t:Int",
        [
            *(*_CODES, _join("x", "y", "u"), _join("u", "z", "s")),
            *(_join("y", "z", "v"), _join("x", "v", "t")),
        ],
        ("true", "(= s t)"),
    ),
    "a chain's join is idempotent": statement(
        "x:Int u:Int", [_code("x"), _join("x", "x", "u")], ("true", "(= u x)")
    ),
    "squares exceed the double product": statement(
        "x y", [], ("true", "(<= (* 2.0 x y) (+ (* x x) (* y y)))")
    ),
    "implication is transitive": statement(
        "p:Bool q:Bool r:Bool", [], ("true", "(=> (and (=> p q) (=> q r)) (=> p r))")
    ),
    "integers have no numbers between": statement(
        "x:Int y:Int", ["(< x y)"], ("true", "(<= (+ x 1) y)")
    ),
    "an unreachable path": statement("x", ["(< 0.0 x)"], ("(< x 0.0)", "false")),
    "several paths": statement(
        "x p:Bool", ["(=> p (< 1.0 x))"], ("p", "(< 0.0 x)"), ("(< 1.0 x)", "(< 0.0 x)")
    ),
}

HARD = {
    "a radial clip is non-expansive, in one step": statement(
        "xx yy xy n m c a b",
        [
            *(*_GRAM, "(<= (* xy xy) (* xx yy))", "(< 0.0 n)", "(< 0.0 m)"),
            *(*_unit("a", "b"), _clip("n", "a"), _clip("m", "b")),
        ],
        ("true", f"(<= {_CLIPPED} (+ xx (- (* 2.0 xy)) yy))"),
    ),
}

SATISFIABLE = {
    "a product is not below a half": statement(
        "x y", _unit("x", "y"), ("true", "(<= (* x y) (/ 1.0 2.0))")
    ),
    "a disjunct need not hold": statement("p:Bool q:Bool", ["(or p q)"], ("true", "p")),
    "reals lie between": statement("x y", ["(< x y)"], ("true", "(<= (+ x 1.0) y)")),
    "the blend without a weight's sign": statement(
        "a b x y", [*_unit("x", "y"), "(= (+ a b) 1.0)"], ("true", "(<= (+ (* a x) (* b y)) 1.0)")
    ),
    "a square of an equality": statement("x", ["(= (* x x) 2.0)"], ("true", "(< 0.0 x)")),
    "nothing is asserted": statement("x", [], ("true", "(< x x)")),
    "division is not monotone in the divisor's place": statement(
        "q:Int b:Int r:Int a:Int p:Int s:Int d:Int", [*_DIVISION, "(<= a d)"], ("true", "(<= q p)")
    ),
}
