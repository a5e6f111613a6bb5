"""The command `python -m services`: the same as `wireroom`."""

from services.cli import main

if __name__ == "__main__":
    main()
