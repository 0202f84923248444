(set-logic QF_NIRA)
(declare-const d Int)
(assert (or (and (and (<= 1 d) (<= d 4294967296)) (not (and (<= 1 d) (<= d 4294967296)))) (and (not (<= 1 d)) (not (not (and (<= 1 d) (<= d 4294967296))))) (and (and (<= 1 d) (not (<= d 4294967296))) (not (not (and (<= 1 d) (<= d 4294967296)))))))
(check-sat)
