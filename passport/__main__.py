"""python3 -m passport: makes the environment on first use, then hands over to the commands in cli.py."""

import sys

from passport import setup


def main() -> int:
    """Run one command and give its exit code."""
    try:
        setup.check_machine()
        setup.hand_over(setup.ensure(setup.SERVICE_LOCK))
        from passport import cli  # only now: what cli needs stands in the environment

        return cli.main(sys.argv[1:])
    except setup.SetupError as problem:
        setup.give_up(str(problem))
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
