"""What YAML says is what is read; whatever looks like something else is one line."""

import pytest

from mfg_imitation.io.yaml import read_yaml


def read(tmp_path, text):
    file = tmp_path / "file.yaml"
    file.write_text(text, encoding="utf-8")
    return read_yaml(file)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-12", -12),
        ("1_000", 1000),
        ("0x1F", 31),
        ("0.5", 0.5),
        ("00.5", 0.5),
        ("1e-3", 1e-3),
        ("-1E+3", -1e3),
        ("1.0e-3", 1e-3),
        ("'010'", "010"),
        ("'1:30'", "1:30"),
        ("'2023-12-10'", "2023-12-10"),
        ("'<<'", "<<"),
        ("08", "08"),  # no number in base 8 either
        ("1:75", "1:75"),
        ("!!str 010", "010"),
        ("!!float 1", 1.0),
        ("{a: [1, {b: 2}]}", {"a": [1, {"b": 2}]}),
        ("true", True),
        ("~", None),
        ("", None),
    ],
)
def test_right_values(tmp_path, text, value):
    found = read(tmp_path, text)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: {b: [1, 0000-00-00]}", "1:12: a.b[1]: 0000-00-00 is a date: quote it"),
        ("a:\n- b: 010", "2:6: a[0].b: 010 would be a number in base 8: write it without the leading 0, or quote it"),
        ("1:30", "1:1: 1:30 would be a number in base 60: write it in base 10, or quote it"),
        ("a: {b: 1, <<: {b: 2}}", "1:11: a: << is not allowed: write its keys out"),
        ("? [010]\n: 1", "1:4: [0]: 010 would be a number in base 8: write it without the leading 0, or quote it"),
        ("? [a]\n: 1:30", "2:3: ?: 1:30 would be a number in base 60: write it in base 10, or quote it"),
        ("a: !!int two", "1:4: a: 'two' cannot be read as int"),
        ("a: !!seq b", "1:4: a: the tag tag:yaml.org,2002:seq is not allowed: leave it out"),
    ],
)
def test_a_value_that_is_not_what_it_seems(tmp_path, one_line, text, message):
    assert one_line(read, tmp_path, text) == f"{tmp_path / 'file.yaml'}:{message}"


@pytest.mark.parametrize("digits", ["0" + "7" * 100_000, "1" + ":59" * 30_000, "9" * 100_000, "!!int " + "x" * 100_000])
def test_long_numbers_are_refused_at_once(tmp_path, one_line, digits):
    assert len(one_line(read, tmp_path, f"a: {digits}")) < len(str(tmp_path)) + 300
