"""Advice on plain words: sentences that are too long to follow, and office words with simpler ones. Pure."""

import re

LONGEST = 20  # words of one sentence that are read at one go
AT_MOST = 3  # more advice than that is not read either

SIMPLER = {
    "accordance": "as ... says",
    "aforementioned": "this",
    "applicable": "that holds for you",
    "approximately": "about",
    "assistance": "help",
    "beneficiary": "person who gets the money",
    "clarification": "what is not clear",
    "commence": "begin",
    "compliance": "as the rule says",
    "contribution": "money paid in",
    "determination": "decision",
    "documentation": "papers",
    "eligible": "can get it",
    "eligibility": "who can get it",
    "expedite": "do it faster",
    "facilitate": "help",
    "furnish": "give",
    "henceforth": "from now on",
    "implementation": "work",
    "ineligible": "cannot get it",
    "notwithstanding": "but",
    "obtain": "get",
    "pending": "waiting",
    "prior": "before",
    "procedure": "steps",
    "provision": "rule",
    "pursuant": "by",
    "regarding": "about",
    "remit": "pay",
    "remittance": "payment",
    "requirements": "what you need",
    "residence": "home",
    "subsequently": "later",
    "sufficient": "enough",
    "terminate": "end",
    "utilise": "use",
    "verification": "check",
    "verify": "check",
}


def long_sentences(text: str) -> list[str]:
    """The beginnings of those that are too long."""
    sentences = [sentence.split() for sentence in re.split(r"[.!?;:]\s+|\n+", text)]
    return [" ".join(words[:5]) for words in sentences if len(words) > LONGEST]


def hard_words(text: str) -> list[tuple[str, str]]:
    """Office words in the order in which they come, each with a simpler one."""
    found = dict.fromkeys(re.findall(r"[a-z]+", text.lower()))
    return [(word, SIMPLER[word]) for word in found if word in SIMPLER][:AT_MOST]
