"""The tables that readers are offered: nothing in them is a formula to a spreadsheet, and no number is changed."""

import csv

import pandas as pd

from workflow.lib.spreadsheets import write_for_spreadsheets, write_packed


def test_text_that_begins_like_a_formula_is_text(tmp_path):
    names = ["=1+1", "+x", "-x", "@x", "\tx", "-", "-1-1", 'a "=b", c', "x=1"]
    numbers = ["-1", "-0.5", "+2", "-1.5e-07", "-inf", "", "3"]
    source, target = tmp_path / "source.csv", tmp_path / "target.csv"
    with open(source, "w", newline="") as file:
        csv.writer(file).writerows([["state", "=reward"], *([name, number] for name in names for number in numbers)])
    write_for_spreadsheets(source, target)
    with open(target, newline="") as file:
        head, *rows = csv.reader(file)
    expected = [f"'{name}" for name in names[:7]] + names[7:]
    assert head == ["state", "'=reward"]
    assert rows == [[name, number] for name in expected for number in numbers]


def test_a_line_end_in_a_name_hides_no_formula(tmp_path):
    source, target = tmp_path / "source.csv", tmp_path / "target.csv"
    source.write_bytes(b'state\n"\r=1+1"\n')
    write_for_spreadsheets(source, target)
    assert b"'\r=1+1" in target.read_bytes()


def test_a_table_without_such_text_keeps_its_bytes(tmp_path):
    source, target = tmp_path / "source.csv", tmp_path / "target.csv"
    source.write_bytes('state,reward\n"a, ""b""",-0.5\né,\n'.encode())
    write_for_spreadsheets(source, target)
    assert target.read_bytes() == source.read_bytes()


def test_numbers_are_short_and_counts_and_names_are_whole(tmp_path):
    source, target = tmp_path / "all.csv", tmp_path / "short.csv"
    source.write_text("n,x,y,name\n12345678,0.123456789,-1.23456789e-12,1.2345678.9\n", encoding="utf-8")
    write_for_spreadsheets(source, target)
    assert target.read_text("utf-8").splitlines()[1] == "12345678,0.123457,-1.23457e-12,1.2345678.9"


def test_a_packed_table_is_the_same_and_has_no_date(tmp_path):
    source = tmp_path / "paths.csv"
    source.write_text("state,x\n=a,0.5\n", encoding="utf-8")
    for target in ("one/paths.csv.zip", "two/paths.csv.zip"):
        (tmp_path / target).parent.mkdir()
        write_packed(source, tmp_path / target)
    one, two = (tmp_path / name / "paths.csv.zip" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    assert pd.read_csv(one).to_numpy().tolist() == [["'=a", 0.5]]
