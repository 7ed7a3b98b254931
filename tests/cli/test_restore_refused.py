"""What `manage.py restore` refuses before it looks at the database."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.restore import restore


@pytest.mark.parametrize(("name", "problem"), [("gone.db", "does not exist"), ("", "is a directory")])
def test_a_mistyped_file_is_named_while_everything_still_runs(tmp_path: Path, name: str, problem: str) -> None:
    refused = CliRunner().invoke(restore, [str(tmp_path / name)], env={"DATABASE_URL": "nonsense"})

    assert refused.exit_code == 2
    assert problem in refused.output
