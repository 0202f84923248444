(set-logic QF_NIRA)
(declare-const denominator.i1 Int)
(assert (and (<= 1 denominator.i1) (not true)))
(check-sat)
