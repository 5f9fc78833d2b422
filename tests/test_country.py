"""A country pack becomes the catalogue: twice is once, a mistake changes nothing, an editor's words stand."""

import csv
from collections import Counter, defaultdict
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.utils.translation import get_language_info

from cases import actions
from cases.catalogue import catalogue, changed
from cases.models import Channel, Known
from cases.pack import (
    Agency,
    Country,
    Desk,
    ExtraHoliday,
    Fact,
    Ground,
    Helpline,
    LadderStep,
    Language,
    Place,
    Programme,
    RegistrationItem,
    Standard,
    Topic,
)
from channels.gsm7 import foreign
from channels.models import InfoText
from cms.models import Figure, Series, StatisticsTable
from sws.country import COUNTRIES, Mistake, PackError, Report, load_country
from tests.builders import on
from tests.phone import Phone

# From those that point at others to those pointed at.
CATALOGUE = (
    Figure,
    Series,
    StatisticsTable,
    InfoText,
    ExtraHoliday,
    Helpline,
    Ground,
    Standard,
    RegistrationItem,
    Topic,
    LadderStep,
    Fact,
    Programme,
    Desk,
    Place,
    Agency,
    Language,
    Country,
)
NOTHING = Report(Counter())

# A made-up country of two districts. Its code is a real one: holidays and telephone numbers come with it.
LAKELAND = {
    "country.toml": """
        code = "MW"
        name = "Lakeland"
        time_zone = "Africa/Blantyre"
        phone_region = "MW"
        currency = "MWK"
        default_language = "en"
        working_weekdays = [0, 1, 2, 3, 4]""",
    "languages.csv": """
        code,name,endonym,reviewed,source
        en,English,English,yes,law
        ny,Chewa,Chichewa,no,census
        tum,Tumbuka,Chitumbuka,yes,census""",
    "agencies.csv": """
        code,name,label,portfolio,public_contact,source
        FISH,Fishers' Fund,Fishers' Fund,pensions,,law
        ACC,Anti-Corruption Office,Corruption,,,law""",
    "provinces.csv": """
        code,name,iso,capital,languages,source
        L1,Shore,MW-S,Port,en;ny,map""",
    "districts.csv": """
        code,name,province,spellings,tile_column,tile_row,note,source
        L101,Port,L1,Porte;Old Port,0,0,,map
        L102,Reed,L1,,,,no tile yet,map""",
    "desks.csv": """
        code,name,place,where,source
        port-desk,Port desk,L101,Ask at the harbour office.,map""",
    "programmes.csv": """
        code,agency,name,label,kind,source
        NETS,FISH,Nets for Fishers,Nets,in kind,law""",
    "facts.csv": """
        programme,aspect,as_of,text,source,confidence
        NETS,figures,2024-06,In June 2024 it gave 12 nets.,report,high""",
    "ladders.csv": """
        ladder,level,body,by_itself,time_limit,days,months,basis,confidence
        FISH,1,Harbour office,yes,,,,manual,medium
        FISH,2,Court,no,30 days,30,,law s 4,high""",
    "topics.csv": """
        code,agency,handler,programme,kind,label,name,sensitivity,priority,acknowledge_days,resolve_days,basis,ladder,basis_note,source,order
        nets-late,FISH,,NETS,complaint,Nets late,The nets are late,open,high,1,3,proposed,FISH,a proposal,manual,10
        nets-bribe,FISH,ACC,NETS,complaint,Bribe,A bribe was asked,corruption,urgent,1,30,proposed,FISH,a proposal,manual,20
        other-enquiry,FISH,,,enquiry,Something else,A question,private,normal,2,7,proposed,FISH,a proposal,manual,30
        other-complaint,FISH,,,complaint,Something else,A complaint,private,normal,2,7,proposed,FISH,a proposal,manual,40
        register-other,FISH,,,registration,Something else,A wish,open,normal,2,7,proposed,FISH,a proposal,manual,50""",
    "grounds.csv": """
        code,name,basis,source
        crime,To follow a crime,law s 9,law""",
    "registration_items.csv": """
        topic,agency,code,label,kind,answered_by,source
        register-other,FISH,boat,name of your boat,fact,,law
        register-other,FISH,nrc,card number,fact,nrc,law""",
    "helplines.csv": """
        number,label,about,toll_free,agency,told_for,source,order
        116,Children,For children.,yes,,safeguarding,law,10""",
    "holidays.csv": """
        date,name,source
        2026-08-13,Day of the Lake,decree 7""",
    "info.csv": """
        key,language,title,text,source
        NETS,en,Nets,Nets are given once a year.,law
        FISH,en,The fund,The fund helps fishers.,law""",
    "statistics/tables.csv": """
        code,title,about,source
        reach,Who is reached,Fishers with nets.,report""",
    "statistics/series.csv": """
        code,tables,programme,name,unit,split_by
        nets,reach,NETS,Nets given,nets,
        fishers,reach,,Fishers reached,people,sex""",
    "statistics/figures.csv": """
        series,as_of,split,value,source,note
        nets,2024,,12,report,
        fishers,2024-06,women,5.5,report,""",
}


@pytest.fixture
def bare(db):
    """An installation that serves no country yet."""
    with connection.cursor() as cursor:  # which row points at which is asked at the end only
        for model in CATALOGUE:
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
    yield
    changed()  # what this test loaded is not for the next one to read


@pytest.fixture
def lakeland(bare, tmp_path):
    return write(LAKELAND, tmp_path)


def write(pack, folder):
    for file, text in pack.items():
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text("\n".join(line.strip() for line in text.strip().splitlines()) + "\n")
    return folder


def edit(folder, file, old, new):
    text = (folder / file).read_text()
    assert text.count(old) == 1
    (folder / file).write_text(text.replace(old, new))


def everything():
    return {model: list(model.objects.order_by("pk").values()) for model in CATALOGUE}


def happened(**done):
    return Report(Counter({(name.replace("_", " "), what): 1 for name, what in done.items()}))


def table(name):
    with (COUNTRIES / "zambia" / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


# --- Loading ---------------------------------------------------------------------------------------------


def test_another_country_needs_a_folder_and_no_code(lakeland):
    load_country(lakeland)

    known = catalogue()
    assert (known.country.name, known.country.time_zone) == ("Lakeland", "Africa/Blantyre")
    assert {code: place.parent_id for code, place in known.districts.items()} == {"L101": "L1", "L102": "L1"}
    port, reed = known.districts["L101"], known.districts["L102"]
    assert (port.spellings, port.tile_column, reed.spellings, reed.tile_column) == (["Porte", "Old Port"], 0, [], None)
    assert [(code, topic.handler_id) for code, topic in known.topics.items()][:2] == [
        ("nets-late", None),
        ("nets-bribe", "ACC"),
    ]
    assert [(step.level, step.body, step.days) for step in known.ladders["FISH"]] == [
        (1, "Harbour office", None),
        (2, "Court", 30),
    ]
    assert [(language.code, language.reviewed) for language in known.languages.values()] == [
        ("en", True),
        ("ny", False),
        ("tum", True),
    ]
    assert [(item.code, item.answered_by) for item in known.items["register-other"]] == [("boat", ""), ("nrc", "nrc")]
    assert ExtraHoliday.objects.get().date in known.calendar.holidays


def test_its_telephone_and_pages_speak_its_own_words_and_english_where_a_language_is_new_to_the_house(lakeland, client):
    """It names agencies, topics and lines of its own; one form is for two of its agencies, and no card of Zambia's."""
    (lakeland / "registration_items.csv").write_text(
        (lakeland / "registration_items.csv").read_text() + "register-boat,FISH,nrc,card number,fact,nrc,law\n"
        "register-boat,COAST,boat,name of your boat,fact,,law\nregister-boat,ACC,oath,your oath,fact,,law\n"
    )
    edit(lakeland, "agencies.csv", "ACC,Anti", "COAST,Coast Guard,Coast Guard,,,law\nACC,Anti")
    edit(lakeland, "helplines.csv", "116,", "55,Harbour,For the fund.,yes,FISH,private,law,20\n116,")
    edit(
        lakeland,
        "topics.csv",
        "register-other,",
        "register-boat,FISH,,,registration,A boat,A boat,open,normal,2,7,proposed,FISH,a proposal,manual,45\nregister-other,",
    )
    load_country(lakeland)
    phone = Phone("+265991234567")
    assert phone.dial() == "Language?\n1 English\n2 Chichewa\n3 Chitumbuka"
    phone.choose("Chitumbuka", "Register")
    assert phone.again() == "Who is it about?\n1 Fishers' Fund\n2 I am not sure\n0 Back"
    assert phone.choose("Fishers' Fund", "A boat").startswith("One form is enough. Which do you want?\n1 All of them")
    assert phone.choose("All of them") == "Your full name, as on your NRC?\n0 Back"
    phone.dial()
    assert (
        phone.choose("Start again", "Complain", "Fishers' Fund", "Abuse, bribe, other", "Something else")
        == "You can call now:\n55 Harbour\n1 Go on\n0 Back"
    )
    phone.choose("Go on", "Yes, they may")
    phone.press("port", "My net is torn")
    assert phone.choose("Yes").startswith("Thank you. Your number is ")
    assert phone.inbox()[-1].startswith("Your number is ")
    page = client.get("/track/").content.decode()
    assert ("Chichewa" in page, "Chitumbuka" in page) == (True, False), "the web speaks what has an address"
    assert get_language_info("tum")["name_local"] == "Chitumbuka"


def test_loading_twice_changes_nothing(lakeland):
    load_country(lakeland)
    before = everything()

    assert load_country(lakeland) == NOTHING
    assert everything() == before  # nor has the version moved


def test_a_changed_file_is_taken_over_and_caches_hear_of_it(lakeland):
    load_country(lakeland)
    version = catalogue().version
    edit(lakeland, "topics.csv", "Nets late", "Nets are late")
    edit(lakeland, "country.toml", "MWK", "USD")

    assert load_country(lakeland) == happened(topics="changed", countries="changed")
    assert catalogue().version == version + 1
    assert catalogue().topics["nets-late"].label == "Nets are late"


def test_a_topic_that_left_is_retired_and_comes_back(lakeland):
    load_country(lakeland)
    line = next(line for line in LAKELAND["topics.csv"].splitlines() if "nets-late" in line).strip() + "\n"
    edit(lakeland, "topics.csv", line, "")

    assert load_country(lakeland) == happened(topics="retired")
    assert load_country(lakeland) == NOTHING  # once is enough
    assert "nets-late" not in catalogue().topics
    assert Topic.objects.get(pk="nets-late").retired_at

    (lakeland / "topics.csv").write_text((lakeland / "topics.csv").read_text() + line)
    assert load_country(lakeland) == happened(topics="changed")
    assert list(catalogue().topics)[:2] == ["nets-late", "nets-bribe"]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("desks.csv", "desks"),
        ("helplines.csv", "helplines"),
        ("facts.csv", "facts"),
        ("holidays.csv", "extra_holidays"),
    ],
)
def test_whatever_left_its_file_is_offered_no_more(lakeland, file, name):
    load_country(lakeland)
    heading, *_rows = (lakeland / file).read_text().splitlines(True)
    (lakeland / file).write_text(heading)

    assert load_country(lakeland) == happened(**{name: "retired"})
    assert (len(catalogue().desks), len(catalogue().helplines)) == (name != "desks", name != "helplines")


def test_a_new_standard_leaves_the_promises_of_old_cases_alone(lakeland):
    load_country(lakeland)
    case = actions.open_case(
        topic=catalogue().topics["nets-late"],
        place=catalogue().districts["L101"],
        words="We wait since May.",
        known=Known.ANONYMOUS,
        channel=Channel.USSD,
    ).case
    promised = (case.acknowledge_days, case.resolve_days, case.acknowledge_due, case.resolve_due)
    edit(lakeland, "topics.csv", "open,high,1,3,", "open,low,5,20,")
    load_country(lakeland)

    case.refresh_from_db()
    assert (case.acknowledge_days, case.resolve_days, case.acknowledge_due, case.resolve_due) == promised
    assert catalogue().topics["nets-late"].resolve_days == 20


def standards():
    rows = Standard.objects.order_by("pk").values_list("topic", "agency", "level", "resolve_days", "valid_until")
    return [row for row in rows if row[0] in ("nets-late", None)]


def test_a_changed_standard_is_dated_and_the_one_before_is_kept(lakeland):
    monday, friday = date(2026, 9, 7), date(2026, 9, 11)
    with on(monday):
        load_country(lakeland)
    edit(lakeland, "topics.csv", "open,high,1,3,", "open,high,1,20,")
    with on(friday):
        assert load_country(lakeland) == happened(topics="changed", standards="changed")
        assert load_country(lakeland) == NOTHING

    assert standards() == [("nets-late", None, 1, 3, friday), ("nets-late", None, 1, 20, None)]
    assert catalogue().standard(catalogue().topics["nets-late"]).valid_from == friday


STANDARDS = """topic,agency,level,acknowledge_days,resolve_days,basis,basis_note,source
,,2,2,9,proposed,a proposal,manual
nets-late,,2,1,4,statutory,law s 5,law
,ACC,1,1,2,proposed,a proposal,manual
"""


def test_levels_above_and_agencies_that_are_asked_have_standards_of_their_own(lakeland):
    (lakeland / "standards.csv").write_text(STANDARDS)
    load_country(lakeland)
    known = catalogue()
    late, bribe, acc = known.topics["nets-late"], known.topics["nets-bribe"], known.agencies["ACC"]

    promised = [known.standard(late, 2), known.standard(bribe, 2), known.standard(late, agency=acc)]
    assert [standard.resolve_days for standard in promised] == [4, 9, 2]
    assert (known.standard(late, 3), known.standard(late, agency=known.agencies["FISH"])) == (None, None)
    assert load_country(lakeland) == NOTHING

    (lakeland / "standards.csv").unlink()
    load_country(lakeland)
    assert catalogue().standard(bribe, 2) is None
    assert catalogue().standard(bribe).resolve_days == 30  # of topics.csv


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nets-late,,1,1,4,proposed,a proposal,manual", "the first level's days stand in topics.csv"),
        ("nets-soon,,2,1,4,proposed,a proposal,manual", "topic: 'nets-soon' is not in topics.csv"),
        (",,2,2,9,proposed,a proposal,manual", "2 is there twice"),
        (",,3,2,9,proposed,a proposal,", "source: may not be empty"),
    ],
)
def test_a_mistake_in_a_standard_is_told(line, reason, lakeland):
    (lakeland / "standards.csv").write_text(f"{STANDARDS}{line}\n")

    with pytest.raises(PackError) as error:
        load_country(lakeland)
    assert error.value.mistakes == [Mistake("standards.csv", 5, reason)]


# --- What editors wrote ---------------------------------------------------------------------------------------


def test_a_statistic_that_an_editor_wrote_is_kept_and_the_packs_follow_it(lakeland):
    load_country(lakeland)
    theirs = {"origin": "editor", "source": "survey"}
    Figure.objects.filter(as_of="2024").update(value=15, **theirs)
    Figure.objects.create(series_id="nets", as_of="2026", value=20, **theirs)
    Series.objects.create(code="boats", name="Boats", unit="boats", tables=["reach"], **theirs)
    edit(lakeland, "statistics/figures.csv", "women,5.5", "women,6.5")
    edit(lakeland, "statistics/figures.csv", "nets,2024,,12", "nets,2024,,13")
    report = load_country(lakeland)

    assert report.total("kept") == 3
    assert list(Figure.objects.filter(retired_at=None).values_list("as_of", "value").order_by("as_of")) == [
        ("2024", 15), ("2024-06", 6.5), ("2026", 20),
    ]  # fmt: skip
    assert Series.objects.get(pk="boats").retired_at is None


def test_a_text_follows_the_pack_until_an_editor_has_changed_it(lakeland):
    load_country(lakeland)
    edit(lakeland, "info.csv", "Nets are given once a year.", "Nets are given twice a year.")
    assert load_country(lakeland) == happened(information_texts="changed")

    InfoText.objects.filter(key="NETS").update(text="Come on Monday.")
    edit(lakeland, "info.csv", "twice a year", "in spring")
    assert load_country(lakeland) == happened(information_texts="kept")
    assert InfoText.objects.get(key="NETS").text == "Come on Monday."


def test_a_text_of_which_an_editor_has_a_draft_stays_too_and_what_is_taken_down_stays_down(lakeland):
    load_country(lakeland)
    InfoText.objects.filter(key="NETS").update(has_unpublished_changes=True)
    InfoText.objects.filter(key="FISH").update(live=False)
    edit(lakeland, "info.csv", "once a year.", "twice a year.")
    edit(lakeland, "info.csv", "The fund helps fishers.", "The fund helps all fishers.")

    assert load_country(lakeland) == Report(Counter({("information texts", done): 1 for done in ("kept", "changed")}))
    assert list(InfoText.objects.order_by("key").values_list("text", "live")) == [
        ("The fund helps all fishers.", False),
        ("Nets are given once a year.", True),
    ]


def test_a_title_an_editor_changed_is_not_joined_by_the_old_text(lakeland):
    load_country(lakeland)
    InfoText.objects.filter(key="NETS").update(title="Your nets")

    assert load_country(lakeland) == happened(information_texts="kept")
    assert [text.title for text in InfoText.objects.all()] == ["Your nets", "The fund"]


def test_an_editors_title_that_the_pack_uses_later_stays_the_editors(lakeland):
    load_country(lakeland)
    InfoText.objects.filter(key="NETS").update(title="Fishing")
    edit(lakeland, "info.csv", "FISH,en", "NETS,en,Fishing,Fish only by day.,law\nFISH,en")

    load_country(lakeland)
    assert [(text.title, text.text) for text in InfoText.objects.filter(key="NETS")] == [
        ("Fishing", "Nets are given once a year."),
    ]


def test_texts_of_the_editors_own_stay_and_untouched_ones_leave_with_their_row(lakeland):
    load_country(lakeland)
    InfoText.objects.create(key="NETS", title="Opening hours", text="From 8 to 12.")
    edit(lakeland, "info.csv", "FISH,en,The fund,The fund helps fishers.,law\n", "")

    assert load_country(lakeland) == happened(information_texts="retired")
    assert {text.title for text in InfoText.objects.all()} == {"Nets", "Opening hours"}


# --- Mistakes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "old", "new", "row", "reason"),
    [
        ("topics.csv", "nets-late,FISH", "nets-late,FUSH", 2, "agency: 'FUSH' is not in agencies.csv"),
        ("topics.csv", "corruption,urgent", "corruption,dire", 3, "priority: 'dire' is none of low, normal, high, urgent"),
        ("topics.csv", "open,high", "hidden,high", 2, "sensitivity: Value 'hidden' is not a valid choice."),
        ("topics.csv", "1,30,", "1,soon,", 3, "resolve_days: “soon” value must be an integer."),
        ("topics.csv", "1,3,", "-1,3,", 2, "acknowledge_days: Ensure this value is greater than or equal to 0."),
        ("topics.csv", "3,proposed,FISH", "3,proposed,GOAT", 2, "ladder: 'GOAT' is not in ladders.csv"),
        ("topics.csv", "nets-late,FISH", "nets-late,ACC", 2, "NETS is not a programme of ACC"),
        ("topics.csv", "nets-bribe", "nets-late", 3, "nets-late is there twice"),
        ("topics.csv", "Nets late", "Nets – late", 2, "label: a handset cannot show –"),
        ("topics.csv", "Nets late", "Nets late once again alas", 2, "label: Ensure this value has at most 24 characters (it has 25)."),
        ("topics.csv", "manual,10", ",10", 2, "source: may not be empty"),
        ("topics.csv", "manual,10", "manual", 2, "15 cells under 16 headings"),
        ("agencies.csv", "Office,Corruption", "Office,Bribes and corruption", 3, "label: Ensure this value has at most 18 characters (it has 21)."),
        ("districts.csv", "Reed,L1", "Reed,L9", 3, "province: 'L9' is not in provinces.csv"),
        ("districts.csv", "L102", "L1", 3, "L1 is there twice"),
        ("desks.csv", "L101", "L1", 2, "place: 'L1' is not in districts.csv"),
        ("registration_items.csv", "fact,,law", "fact,shoes,law", 2, "answered_by: 'shoes' is none of age, disability, name, nrc, people, sex, work"),
        ("registration_items.csv", "register-other,FISH,boat", "nets-late,FISH,boat", 2, "nets-late is no registration"),
        ("ladders.csv", "FISH,2", "FISH,3", 3, "FISH has no level below this one"),
        ("languages.csv", "Chichewa,no", "Chichewa,soon", 3, "reviewed: 'soon' is none of yes, no"),
        ("facts.csv", "2024-06", "", 2, "as_of: may not be empty: write undated where the source has no date"),
        ("facts.csv", "2024-06", "June 2024", 2, "as_of: 'June 2024' is not a date like 2026, 2026-08 or 2026-08-13"),
        ("statistics/series.csv", "fishers,reach", "fishers,rich", 3, "tables: 'rich' is not in statistics/tables.csv"),
        ("statistics/figures.csv", "nets,2024,,12", "boats,2024,,12", 2, "series: 'boats' is not in statistics/series.csv"),
        ("statistics/figures.csv", "nets,2024,,12", "nets,2024,women,12", 2, "nets is not split, so there is no 'women' of it"),
        ("statistics/figures.csv", "nets,2024,,12", "nets,,,12", 2, "as_of: may not be empty"),
        ("statistics/figures.csv", "women,5.5", "women,many", 3, "value: “many” value must be a decimal number."),
        ("holidays.csv", "2026-08-13", "2026-02-30", 2, "date: “2026-02-30” value has the correct format (YYYY-MM-DD) but it is an invalid date."),
        ("info.csv", "FISH,en", "FISH,fr", 3, "language: 'fr' is not in languages.csv"),
        ("info.csv", "key,language", "key,tongue", 1, "the columns must be key,language,title,text,source, not key,tongue,title,text,source"),
        ("info.csv", "Nets are given", '"Nets are given', None, "it is not a table: unexpected end of data"),
        ("country.toml", "Blantyre", "Atlantis", None, "there is no time zone 'Africa/Atlantis'"),
        ("country.toml", '"MW"\nname', '"XX"\nname', None, "no holidays are known for 'XX'"),
        ("country.toml", '"en"', '"fr"', None, "'fr' is not in languages.csv"),
        ("country.toml", "3, 4", "3, 7", None, "working_weekdays are numbers from 0, which is Monday, to 6"),
        ("country.toml", "[0, 1, 2, 3, 4]", '"Monday"', None, "working_weekdays is a list of numbers"),
        ("country.toml", "[0, 1, 2, 3, 4]", '["Monday"]', None, "working_weekdays is a list of numbers"),
    ],
)  # fmt: skip
def test_a_mistake_names_its_file_its_row_and_the_reason(lakeland, file, old, new, row, reason):
    edit(lakeland, file, old, new)
    before = everything()

    with pytest.raises(PackError) as caught:
        load_country(lakeland)
    assert caught.value.mistakes == [Mistake(file, row, reason)]
    assert everything() == before


def test_all_mistakes_are_told_at_once_and_nothing_is_changed(lakeland):
    load_country(lakeland)
    before = everything()
    edit(lakeland, "topics.csv", "Nets late", "Nets are late")
    edit(lakeland, "topics.csv", "corruption,urgent,1", "corruption,dire,one")
    edit(lakeland, "districts.csv", "Reed,L1", "Reed,L9")
    (lakeland / "desks.csv").unlink()

    with pytest.raises(PackError) as caught:
        load_country(lakeland)
    assert str(caught.value).splitlines() == [
        "districts.csv, row 3: province: 'L9' is not in provinces.csv",
        "desks.csv: it cannot be read: No such file or directory",
        "topics.csv, row 3: priority: 'dire' is none of low, normal, high, urgent",
        "topics.csv, row 3: acknowledge_days: “one” value must be an integer.",
    ]
    assert everything() == before


def test_what_spreadsheets_put_around_a_table_is_no_mistake(lakeland):
    text = (lakeland / "agencies.csv").read_bytes()
    (lakeland / "agencies.csv").write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n") + b",,,,,\r\n\r\n")

    load_country(lakeland)
    assert list(catalogue().agencies) == ["ACC", "FISH"]


@pytest.mark.parametrize("bad", [b"pens\xe3o", b"pens\0o"])
def test_a_file_that_is_not_utf_8_is_a_mistake(lakeland, bad):
    text = (lakeland / "agencies.csv").read_bytes()
    (lakeland / "agencies.csv").write_bytes(text.replace(b"pensions", bad))

    with pytest.raises(PackError) as caught:
        load_country(lakeland)
    assert caught.value.mistakes == [Mistake("agencies.csv", None, "it is not UTF-8 text")]


def test_what_the_database_refuses_at_the_end_undoes_the_beginning(lakeland):
    load_country(lakeland)
    before = everything()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else the table cannot be altered beside what was written
        cursor.execute("ALTER TABLE channels_infotext ADD CHECK (text <> 'Never.')")
    edit(lakeland, "agencies.csv", "pensions", "savings")
    edit(lakeland, "info.csv", "Nets are given once a year.", "Never.")

    with pytest.raises(IntegrityError):
        load_country(lakeland)
    assert everything() == before


def test_a_folder_that_is_not_there_is_one_mistake(bare, tmp_path):
    with pytest.raises(PackError) as caught:
        load_country(tmp_path / "atlantis")
    assert [mistake.reason for mistake in caught.value.mistakes] == ["there is no such folder"]


def test_an_installation_serves_one_country(db, tmp_path):
    before = everything()
    with pytest.raises(PackError, match=r"^country\.toml: this installation already serves Zambia$"):
        load_country(write(LAKELAND, tmp_path))
    assert everything() == before


# --- The command ------------------------------------------------------------------------------------------------


def test_the_command_prints_what_it_did(lakeland):
    out = StringIO()
    call_command("load_country", str(lakeland), stdout=StringIO())
    edit(lakeland, "topics.csv", "Nets late", "Nets are late")
    call_command("load_country", str(lakeland), stdout=out)
    assert out.getvalue() == "topics: 0 added, 1 changed, 0 retired\nin all: 0 added, 1 changed, 0 retired\n"


def test_the_command_knows_our_packs_by_name(db):
    out = StringIO()
    call_command("load_country", "zambia", stdout=out)
    assert out.getvalue() == "in all: 0 added, 0 changed, 0 retired\n"  # it was loaded before the tests began


def test_the_command_fails_on_mistakes_and_prints_them(lakeland):
    edit(lakeland, "desks.csv", "L101", "L9")
    with pytest.raises(CommandError) as caught:
        call_command("load_country", str(lakeland))
    assert caught.value.returncode == 1
    assert str(caught.value) == (
        "Nothing was changed. The pack has mistakes:\ndesks.csv, row 2: place: 'L9' is not in districts.csv"
    )


# --- Zambia --------------------------------------------------------------------------------------------------------


def test_zambia_has_ten_provinces_and_116_districts_as_they_lie_today(db):
    known = catalogue()
    assert (len(known.provinces), len(known.districts)) == (10, 116)
    moved = ("ZM103015", "ZM105002", "ZM109014", "ZM101012")
    assert [(known.districts[code].name, known.districts[code].parent.name) for code in moved] == [
        ("Chama", "Eastern"),
        ("Chirundu", "Southern"),
        ("Itezhi-Tezhi", "Southern"),
        ("Shibuyunji", "Central"),
    ]
    tiles = [(place.tile_column, place.tile_row) for place in known.districts.values()]
    assert len(set(tiles)) == 116


def test_zambia_offers_every_kind_of_matter_at_every_agency_it_serves(db):
    topics = catalogue().topics.values()
    assert len(topics) >= 60
    served = defaultdict(set)
    for topic in topics:
        served[topic.agency_id].add(topic.kind)
    assert dict(served) == {
        agency: {"enquiry", "registration", "complaint"} for agency in ("NHIMA", "NAPSA", "WCFCB", "MCDSS", "MOE-KGS")
    }


def test_a_menu_of_topics_is_at_most_two_pages():
    menus = Counter((row["agency"], row["programme"], row["kind"]) for row in table("topics"))
    assert max(menus.values()) <= 8


def test_every_row_of_zambia_says_where_it_is_from(db):
    for model in (Agency, Place, Desk, Programme, Fact, Topic, Helpline, Language, InfoText):
        assert model.objects.exists()
        assert not model.objects.filter(source="").exists(), model
    assert not LadderStep.objects.filter(basis="").exists()


def test_corruption_goes_past_the_office_it_is_about_and_harm_to_the_focal_point(db):
    ways = {
        (topic.sensitivity, topic.handler_id or topic.agency_id, topic.ladder)
        for topic in catalogue().topics.values()
        if topic.sensitivity in ("corruption", "safeguarding")
    }
    assert ways == {("corruption", "ACC", "CORRUPTION"), ("safeguarding", "MCDSS", "GBV-SEA")}


def test_only_a_standard_that_the_law_names_is_called_statutory(db):
    statutory = [topic.code for topic in catalogue().topics.values() if topic.basis == "statutory"]
    assert statutory == ["ati-request"]
    assert all(topic.acknowledge_days <= topic.resolve_days for topic in catalogue().topics.values())


def test_what_zambia_shows_on_a_handset_fits_one(db):
    assert all(len(text.text) <= 300 for text in InfoText.objects.all())
    shown = [topic.label for topic in catalogue().topics.values()] + [text.text for text in InfoText.objects.all()]
    assert foreign("".join(shown)) == set()


def test_every_sensitive_matter_begins_with_the_help_lines_meant_for_it(db):
    sensitive = [topic for topic in catalogue().topics.values() if topic.sensitivity != "open"]
    told = defaultdict(set)
    for topic in sensitive:
        told[topic.agency_id, topic.sensitivity].add(" ".join(line.number for line in catalogue().help_first(topic)))
    for_all = {"933 116 112"}
    assert {whose: lines for whose, lines in told.items() if lines != for_all} == {
        ("NHIMA", "private"): {"8000"},
        ("NAPSA", "corruption"): {"5080 933 116 112"},
    }
    assert {kind for _agency, kind in told} == {"private", "staff", "corruption", "safeguarding"}


def test_only_english_has_been_reviewed(db):
    assert {language.code: language.reviewed for language in catalogue().languages.values()} == {
        "en": True, "bem": False, "ny": False, "toi": False, "loz": False, "kqn": False, "lue": False, "lun": False,
    }  # fmt: skip


def test_election_day_and_the_day_of_prayer_are_no_working_days_without_anybody_entering_them(db):
    calendar = catalogue().calendar
    assert not table("holidays")
    assert not calendar.is_working(date(2026, 8, 13))
    assert not calendar.is_working(date(2026, 12, 29))
    assert calendar.is_working(date(2026, 8, 14))


def test_a_pack_needs_a_place_for_what_nobody_has_sorted_yet(lakeland):
    line = next(line for line in LAKELAND["topics.csv"].splitlines() if "other-complaint" in line).strip() + "\n"
    edit(lakeland, "topics.csv", line, "")
    with pytest.raises(PackError) as refused:
        load_country(lakeland)
    assert [str(mistake) for mistake in refused.value.mistakes] == [
        "topics.csv: there must be a complaint with the code other-complaint, for what nobody has sorted yet"
    ]
