"""The district's words: a list to begin with, no tag twice, and one name a thing in a language."""

import re
from dataclasses import replace

import pytest

from kit.refusals import Refusals
from services.profile.domain.vocabulary import Renamed, Term, Vocabulary, Word, check_words, starting_vocabulary


def test_a_new_district_has_words_to_begin_with() -> None:
    vocabulary = check_words(starting_vocabulary("district_1"))
    assert {"welding", "music", "robotics"} <= vocabulary.interest_tags
    assert {"empathy", "curiosity", "collaboration", "perseverance"} <= set(vocabulary.skill_tags)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", tag) for tag in vocabulary.interest_tags)


def test_a_tag_stands_in_a_list_once() -> None:
    twice = (Word("empathy", "Empathy"), Word("empathy", "Feeling with"))
    once = (Word("empathy", "Empathy"),)
    vocabulary = Vocabulary(district_id="district_1", version=0, interests=once, skills=twice, levels=once)
    with pytest.raises(Refusals) as refused:
        check_words(vocabulary)
    assert refused.value.codes == {"word-twice"}


def test_a_thing_is_called_one_thing_in_a_language() -> None:
    quest, mission = (Term(Renamed.GOAL, "en", *words) for words in (("quest", "quests"), ("mission", "missions")))
    spanish = replace(quest, language="es")
    begun = starting_vocabulary("district_1")
    assert check_words(replace(begun, terms=(quest, spanish))).terms == (quest, spanish)
    with pytest.raises(Refusals) as refused:
        check_words(replace(begun, terms=(quest, spanish, mission)))
    assert refused.value.codes == {"word-twice"}
