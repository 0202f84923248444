(set-logic QF_NIRA)
(declare-const u Real)
(assert (or (and (<= 0.0 u) (not true)) (and (not (<= 0.0 u)) (not true))))
(check-sat)
