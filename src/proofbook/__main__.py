"""`python -m proofbook` is the command `proofbook`."""

from proofbook.cli import main

if __name__ == "__main__":
    main()
