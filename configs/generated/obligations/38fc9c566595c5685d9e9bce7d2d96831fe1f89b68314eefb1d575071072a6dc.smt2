(set-logic QF_NIRA)
(assert (and true (not true)))
(check-sat)
