"""How pages write numbers."""

import pytest

from mfg_imitation.report.cells import number


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.12345, "0.123"),
        (-2e-7, "\N{MINUS SIGN}2 \N{MULTIPLICATION SIGN} 10⁻⁷"),
        (1013.4, "1,013"),
        (2.5e7, "2.5 \N{MULTIPLICATION SIGN} 10⁷"),
        (float("nan"), "an unknown amount"),
    ],
)
def test_numbers_are_read_as_one_writes_them(value, written):
    assert number(value) == written
