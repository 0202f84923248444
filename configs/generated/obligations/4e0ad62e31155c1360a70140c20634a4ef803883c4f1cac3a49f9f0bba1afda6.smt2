(set-logic QF_NIRA)
(declare-const y Int)
(assert (and true (not (and (or (and (<= 45000000 (* 1000000 y)) (<= 45 y)) (and (not (<= 45000000 (* 1000000 y))) (not (<= 45 y)))) (and (or (and (<= 1999998 (* 1000000 y)) (<= 2 y)) (and (not (<= 1999998 (* 1000000 y))) (not (<= 2 y)))) (or (and (<= 2999997 (* 1000000 y)) (<= 3 y)) (and (not (<= 2999997 (* 1000000 y))) (not (<= 3 y)))))))))
(check-sat)
