(set-logic QF_NIRA)
(declare-const gain Real)
(assert (or (and (and (< 0.0 gain) (<= gain 1.0)) (not (not (or (<= gain 0.0) (< 1.0 gain))))) (and (not (< 0.0 gain)) (not (or (<= gain 0.0) (< 1.0 gain)))) (and (and (< 0.0 gain) (not (<= gain 1.0))) (not (or (<= gain 0.0) (< 1.0 gain))))))
(check-sat)
