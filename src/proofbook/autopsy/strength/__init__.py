"""How strong VERIFY cells are: mutate what a notebook exports, and count what its own cells notice."""
