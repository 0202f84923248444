(set-logic QF_NIRA)
(declare-const effect Int)
(assert (or (and (= 1 effect) (not (= 1 effect))) (and (not (= 1 effect)) (not (not (= 1 effect))))))
(check-sat)
