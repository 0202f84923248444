"""`python -m proofbook` is the command `proofbook`."""

import sys


def main() -> None:
    """Run the command; Ctrl-C while its modules are being loaded is no traceback either."""
    try:
        from proofbook.cli import main as command
    except KeyboardInterrupt:
        sys.exit(130)
    command()


if __name__ == "__main__":
    main()
