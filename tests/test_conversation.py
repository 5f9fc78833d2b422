"""The engine alone: no Django, no database; a dialogue is a few lines and a call is a table."""

from dataclasses import dataclass

import pytest

from channels.conversation import (
    Ask,
    Bye,
    Choose,
    Confirm,
    Navigation,
    Option,
    Recall,
    State,
    Style,
    Wrong,
    said,
    together,
    turn,
)
from channels.gsm7 import septets

STYLE = Style(septets=156)
TOWNS = ["Mongu", "Kasama", "Ndola", "Chipata", "Choma", "Mansa", "Kabwe"]


@dataclass
class Caller:
    language: str = "en"
    spoken: str = ""

    def speak(self, language: str) -> None:
        self.spoken = language

    def navigation(self) -> Navigation:
        return (
            Navigation("More", "Back", "Wrong key.") if self.spoken == "en" else Navigation("Zambiri", "Bwerera", "Ai")
        )


def visit(caller):
    town = yield Choose("town", "Which town?", [Option(town.lower(), town) for town in TOWNS])
    name = yield Ask("name", "Your name?", clean=_two_letters)
    sure = yield Confirm("sure", f"{name} of {town}?", [Option("yes", "Yes"), Option("no", "No")])
    return Bye("end", f"{name} of {town}" if sure else "Nothing done")


def _two_letters(typed: str) -> str:
    if len(typed) < 2:
        raise Wrong("Two letters.")
    return typed


def talk(dialogue, *inputs, caller=None, state=None, style=STYLE):
    """Everything heard in a call, screen by screen."""
    caller = caller or Caller()
    state, screen = turn(dialogue, caller, state or State(), None, style)
    heard = [screen.text]
    for typed in inputs:
        assert not screen.end
        state, screen = turn(dialogue, caller, state, typed, style)
        heard.append(screen.text)
    return heard, state, screen


def test_a_dialogue_is_heard_top_to_bottom():
    heard, state, screen = talk(visit, "2", "Mary", "1")
    assert heard == [
        "Which town?\n1 Mongu\n2 Kasama\n3 Ndola\n4 Chipata\n5 Choma\n9 More",
        "Your name?\n0 Back",
        "Mary of kasama?\n1 Yes\n2 No\n0 Back",
        "Mary of kasama",
    ]
    assert (state, screen.end) == (State(("kasama", "Mary", "yes")), True)


def test_nine_shows_more_and_numbering_begins_again():
    heard, state, _ = talk(visit, "9", "2")
    assert heard[1] == "Which town?\n1 Mansa\n2 Kabwe\n0 Back"
    assert state.answers == ("kabwe",)


def test_zero_goes_back_a_page_and_then_an_answer():
    assert talk(visit, "9", "0")[0][2] == talk(visit)[0][0]
    assert talk(visit, "2", "0")[1] == State()


@pytest.mark.parametrize("typed", ["6", "0", "", "x", "99", "١", "-1", "1.5", "*", "1" * 500, "0010", "00"])
def test_a_wrong_key_is_said_and_the_question_stays(typed):
    heard, state, screen = talk(visit, typed)
    assert heard[1].startswith("Wrong key.\nWhich town?\n1 Mongu")
    assert (state, screen.end) == (State(), False)


def test_an_answer_that_will_not_do_says_what_would():
    assert talk(visit, "1", "M")[0][2] == "Two letters.\nYour name?\n0 Back"


def test_it_is_said_instead_of_a_question_that_leaves_no_room_for_both():
    def call(caller):
        name = yield Ask("name", "What is your name? " * 8, clean=_two_letters)
        return Bye("end", name)

    assert talk(call, "M")[0][1] == "Two letters."


def test_a_word_of_the_menu_is_as_good_as_its_number():
    assert talk(visit, "kabwe")[1].answers == ("kabwe",)


def test_answers_are_keys_so_a_menu_that_changes_overnight_changes_no_answer():
    _, yesterday, _ = talk(visit, "2", "Mary")

    def today(caller):
        town = yield Choose("town", "Which town?", [Option("ndola", "Ndola"), Option("kasama", "Kasama")])
        name = yield Ask("name", "Your name?")
        return Bye("end", f"{name} of {town}")

    _, screen = turn(today, Caller(), State(yesterday.answers[:1]), "Mary", STYLE)
    assert screen.text == "Mary of kasama"


def test_an_answer_that_no_longer_exists_is_asked_again():
    _, screen = turn(visit, Caller(), State(("livingstone", "Mary")), None, STYLE)
    assert screen.name == "town"


def test_what_an_earlier_call_answered_is_recalled_in_one_piece_and_left_in_one_piece():
    def call(caller):
        if (yield Confirm("resume", "Go on?", [Option("yes", "Yes"), Option("no", "No")])):
            yield Recall(("kasama", "Mary"))
        return (yield from visit(caller))

    heard, state, _ = talk(call, "1", "0", "0", "0", "2")
    assert [text.split("\n")[0] for text in heard] == [
        "Go on?",
        "Mary of kasama?",
        "Your name?",
        "Which town?",
        "Go on?",
        "Which town?",
    ]
    assert state.answers == ("no",)


def test_long_text_is_read_page_by_page_before_the_choice():
    story = " ".join(f"word{number}" for number in range(60))

    def read(caller):
        enough = yield Confirm("enough", story, [Option("yes", "Yes"), Option("no", "No")])
        return Bye("end", str(enough))

    heard, _, screen = talk(read, "9", "9", "1")
    pages = heard[:3]
    assert all(septets(page) <= 156 for page in pages)
    read_out = " ".join(page.split("\n")[0] for page in pages)
    assert read_out == story
    assert (screen.text, screen.end) == ("True", True)


def test_a_page_ends_with_a_sentence_where_one_ends_near():
    text = "This first sentence is long enough to fill the better part of a screen on a small handset, is it not. " * 2

    def read(caller):
        yield Confirm("enough", text + "\nWas this enough?", [Option("yes", "Yes"), Option("no", "No")])
        return Bye("end", "")

    heard, _, _ = talk(read, "9", "x")
    assert heard[0].split("\n")[0].endswith("is it not.")
    assert heard[2].split("\n")[0] in ("Wrong key.", heard[1].split("\n")[0])


def test_a_wrong_key_on_a_page_of_text_leaves_the_text_to_be_read():
    def read(caller):
        yield Confirm("enough", "word " * 60, [Option("yes", "Yes")])
        return Bye("end", "")

    heard, _, _ = talk(read, "x")
    assert heard[1] == heard[0]


def test_no_screen_is_longer_than_the_handset_shows_even_with_long_options():
    def call(caller):
        answer = yield Choose("long", "Q" * 60, [Option(str(n), f"{n}" + "o" * 40) for n in range(9)])
        return Bye("end", answer)

    caller, state = Caller(), State()
    seen = []
    while True:
        state, screen = turn(call, caller, state, "9" if seen else None, STYLE)
        if seen and seen[-1] == screen.text:
            break
        seen.append(screen.text)
        if "\n9 More" not in screen.text:
            break
    assert all(septets(text) <= 156 for text in seen)
    assert sum(text.count("oooo" * 10) for text in seen) == 9


def test_a_screen_half_translated_is_said_in_english_and_the_next_one_in_its_language_again():
    words = {"Town?": "Mzinda?", "Yes": "Inde", "Sure?": "Zoona?"}

    def call(caller):
        def say(text):
            local = caller.spoken == "ny"
            own = words.get(text, text) if local else text
            return said(own, source=text, untranslated=local and text not in words)

        yield Choose("town", say("Town?"), [Option("a", say("Yes")), Option("b", say("Not in the catalogue"))])
        yield Choose("sure", say("Sure?"), [Option("a", say("Yes"))])
        return Bye("end", say("Bye"))

    heard, _, _ = talk(call, "2", caller=Caller("ny"))
    assert heard == ["Town?\n1 Yes\n2 Not in the catalogue", "Zoona?\n1 Inde\n0 Bwerera"]


def test_last_words_half_translated_are_said_in_english():
    def call(caller):
        yield Choose("sure", "?", [Option("a", "!")])
        local = said("Zikomo, {office}", source="Thank you, {office}", untranslated=False)
        return Bye("end", local.format(office=said("The office", source="The office", untranslated=True)))

    assert talk(call, "1", caller=Caller("ny"))[0][1] == "Thank you, The office"


def test_words_put_together_are_untranslated_as_soon_as_one_part_is():
    local = said("Mzinda", source="Town", untranslated=False)
    english = said("Desk", source="Desk", untranslated=True)
    in_words = said("{a} apa", source="{a} here", untranslated=False)
    assert [
        (words, words.source, words.untranslated) for words in (together(local, "Mongu"), together(local, english))
    ] == [
        ("Mzinda Mongu", "Town Mongu", False),
        ("Mzinda Desk", "Town Desk", True),
    ]
    told = in_words.format(a=english)
    assert (told, told.source, told.untranslated) == ("Desk apa", "Desk here", True)


def test_back_at_the_first_question_is_a_wrong_key():
    assert talk(visit, "0")[0][1].startswith("Wrong key.")


def test_a_dialogue_acts_once_and_only_at_its_end():
    acted = []

    def call(caller):
        yield Choose("a", "A?", [Option("x", "X")])
        yield Choose("b", "B?", [Option("y", "Y")])
        acted.append("done")
        return Bye("end", "Done")

    talk(call, "1", "0", "1", "1")
    assert acted == ["done"]
