"""Charts: what is drawn is what was told, and what may not be told is hatched, said in words, and never nothing."""

import re
from itertools import pairwise

import pytest
from django.template.loader import render_to_string

from cases.charts import Bars, Line, Shape, Shapes, Value

TOLD = Value("Answered", "81 %", 0.81, mark=0.5)
HIDDEN = Value("Told", "hidden", None, hidden=True)


def drawn(chart) -> str:
    return render_to_string(chart.template, {"chart": chart, "title": "t"})


def test_a_bar_is_as_long_as_its_number_and_its_mark_stands_where_it_belongs():
    bars = Bars("kept", "Kept in October", [TOLD, HIDDEN], "The whole country")

    assert [(row.y, row.width, row.mark) for row in bars.rows] == [(0, 292, 180), (46, 0, None)]
    assert (bars.said, bars.legend, bars.height) == ("Answered: 81 %; Told: hidden", "The whole country", 118)
    assert Bars("kept", "", [HIDDEN]).legend == ""


def test_what_is_more_than_all_or_less_than_nothing_stays_on_the_paper():
    assert [row.width for row in Bars("a", "", [Value("a", "", 1.7), Value("b", "", -1)]).rows] == [360, 0]


def test_a_long_name_is_cut_where_its_number_would_stand():
    label = Bars("a", "", [Value("Workers' Compensation Fund Control Board of Zambia", "5 %", 0.05)]).rows[0].label
    assert label == "Workers' Compensation Fund Contro…"


def test_a_line_breaks_off_at_a_month_that_is_hidden_and_marks_it():
    parts = [0.5, None, 0.75, 1.0]
    months = [Value(str(number), "", part, part is None, mark=0.2) for number, part in enumerate(parts)]
    line = Line("months", "", months, "The whole country")

    assert line.path == "M58 85M229 52L320 20" or line.path.count("M") == 2
    assert line.beside.count("M") == 1
    assert [point.x for point in line.hidden] == [line.points[1].x]
    assert [point.value for point in line.told] == [months[0], months[2], months[3]]
    assert sorted(point.x for point in line.points) == [point.x for point in line.points]


@pytest.mark.parametrize("many", [1, 2, 13, 24])
def test_months_are_named_so_that_no_two_names_touch_and_the_newest_always_is(many):
    line = Line("months", "", [Value(f"m{number}", "1 %", 0.01) for number in range(many)])
    named = [point for point in line.points if point.label]

    assert named[-1].value.label == f"m{many - 1}"
    assert all(after.x - before.x >= 36 for before, after in pairwise(named))
    assert [point.says for point in line.points if point.says] == ["1 %"]


@pytest.mark.parametrize(
    "chart",
    [
        Bars("a", "Kept in October", [TOLD, HIDDEN], "The whole country"),
        Line("a", "Kept in October", [TOLD, HIDDEN], "The whole country"),
        Shapes(
            "a", "Kept in October", [Shape(TOLD, "M0 0h9v9z", 4, 4), Shape(HIDDEN, "M9 0h9v9z", 9, 4)], 20, 10, "By us"
        ),
    ],
    ids=lambda chart: type(chart).__name__,
)
def test_a_picture_says_what_it_shows_and_brings_no_style_of_its_own(chart):
    svg = drawn(chart)

    assert "Answered" in svg
    assert "81 %" in svg
    assert "hidden" in svg
    assert svg.count("url(#a-hatch)") == 1
    assert 'id="a-hatch"' in svg
    assert "style" not in svg
    assert "None" not in svg
    assert not re.search(r'="-?\d+,\d', svg), "a language's comma in a number would break the drawing"


def test_a_region_is_the_darker_the_more():
    shades = [Shape(Value("a", "", part), "", 0, 0).shade for part in (None, 0, 0.2, 0.5, 0.9, 1)]
    assert shades == [0, 1, 1, 2, 4, 4]
