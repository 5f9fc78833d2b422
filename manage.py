#!/usr/bin/env python3
"""Django's command line. `quickstart` comes first: it brings the servers that Django's settings ask for."""

import os
import sys


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sws.settings")
    if sys.argv[1:] == ["quickstart"]:
        from sws.quickstart import run

        return run()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
    return 0


if __name__ == "__main__":
    sys.exit(main())
