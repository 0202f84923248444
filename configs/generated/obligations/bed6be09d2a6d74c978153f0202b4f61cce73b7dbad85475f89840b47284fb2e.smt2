(set-logic QF_NIRA)
(declare-const n Int)
(assert (or (and (<= (+ 1 n) 0) (not (<= (+ 1 n) 0))) (and (not (<= (+ 1 n) 0)) (not (not (<= (+ 1 n) 0))))))
(check-sat)
