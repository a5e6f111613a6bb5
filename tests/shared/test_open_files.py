from __future__ import annotations

import subprocess
import sys

import pytest

COUNT = """
import resource
from shared import open_files
resource.setrlimit(resource.RLIMIT_NOFILE, {given})
open_files.allow()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(("given", "then"), [("(256, 900)", "900 900"), ("(900, 900)", "900 900")])
def test_the_soft_limit_goes_up_to_the_hard_one(given: str, then: str) -> None:
    script = COUNT.format(given=given)
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == then
