"""What the demonstration's made-up people say. No person, event or decision in here is real, and no figure is given."""

from cases.models import Decision
from cases.pack import Kind, Sensitivity

# Given names are common ones; the family names are invented, so that no living person is meant.
FIRST_NAMES = [
    "Bwalya", "Chanda", "Chipo", "Chola", "Inonge", "Kabwe", "Likando", "Lubinda", "Lungowe", "Makasa",
    "Mapalo", "Misozi", "Monde", "Mulenga", "Mutale", "Mutinta", "Mwaka", "Mwila", "Namakau", "Natasha",
    "Nchimunya", "Ngosa", "Nsofwa", "Sepo", "Siyabonga", "Thandiwe", "Themba", "Wamunyima",
]  # fmt: skip
FAMILY_NAMES = [
    "Bwalemba", "Chamutolo", "Chibwekele", "Chinkasha", "Kafundoma", "Kalulwena", "Kambweta", "Lishomwafo",
    "Mabukano", "Mulembwafu", "Mushalika", "Mutokoleni", "Mwendakuno", "Nakambwiza", "Namulondo", "Ngwalume",
    "Nyambolozi", "Shikalumba", "Simutendo", "Sitwambo",
]  # fmt: skip

# (topic, how often, what was said). A registration says it in its form.
STORIES: list[tuple[str, int, str]] = [
    ("sct-payment-late", 6, "The social cash did not come this time. My neighbours in {place} got theirs last week."),
    ("sct-payment-late", 5, "Payment day was a bank holiday. After it nobody came back to our pay point."),
    ("sct-payment-late", 5, "I walked two hours to the pay point in {place}. They said my name is not on the sheet."),
    ("sct-payment-way", 5, "The pay point is too far. I am old and the walk takes the whole day."),
    ("sct-payment-way", 4, "My SIM card was blocked, so the money cannot reach my phone."),
    ("sct-payment-short", 4, "The man at the pay point kept a part of my money. For transport, he said."),
    ("sct-wrong-person", 3, "My deputy collects the money and brings me only half of it."),
    ("sct-left-out", 6, "The team passed through our village and did not visit my house. I care for five orphans."),
    ("sct-removed", 3, "I was taken off the list and nobody told me why."),
    ("sct-next-payment", 6, "When is the next payment in {place}? The last time we heard of it too late."),
    ("sct-who", 3, "My mother is old and lives alone. Can she get the social cash?"),
    ("sct-new-deputy", 3, "I am sick and cannot walk. My daughter should collect the money for me."),
    ("sct-household-change", 2, "There was a death in our home. Please change our paper."),
    ("sct-bribe", 3, "A man of the committee asks for money before he writes a name on the list."),
    ("drought-not-paid", 2, "We got the drought money two times. The other months never came."),
    ("fsp-inputs", 4, "The seed came when the rains had begun, and there was no fertiliser with it."),
    ("swl-grant", 2, "Our women's group finished the training, but the grant has not come."),
    ("pwas-no-help", 2, "Our roof fell in the storm. We asked the welfare office and nobody answered."),
    ("kgs-fees", 4, "The school sent my girl home. They say the fees from the programme did not come."),
    ("kgs-girl-at-risk", 1, "A girl in our village stopped going to school. They want to marry her off."),
    ("nhima-facility", 6, "The clinic in {place} sent me away and asked me to pay, though I am a member."),
    ("nhima-medicine", 4, "The hospital had no medicine for my pressure. I was told to buy it in a shop."),
    ("nhima-card-inactive", 6, "The clinic says my card is not active. I pay every month."),
    ("nhima-employer", 4, "They take the money from my pay, but NHIMA says that nothing was sent."),
    ("nhima-exempt", 2, "I am over 65 and they still ask me to pay."),
    ("nhima-benefits", 4, "Does the insurance pay for glasses?"),
    ("nhima-cost", 3, "I sell tomatoes at the market. How much must I pay to be a member?"),
    ("nhima-add-family", 3, "My baby was born. Please add him to my card."),
    ("nhima-bribe", 2, "A clerk at the hospital wanted something for himself before he took my card."),
    ("register-nhima", 4, ""),
    ("napsa-claim-late", 6, "I left work last year and still wait for my pension. Every time they say next week."),
    ("napsa-contributions", 5, "My employer took the money from my pay, but three years are missing in my record."),
    ("napsa-my-record", 4, "How many contributions do I have?"),
    ("napsa-lump-sum", 3, "I asked for the 20 per cent. I have no smart phone and the form wants an e-mail."),
    ("napsa-survivor", 4, "My husband died. The money for the funeral has not come."),
    ("napsa-self-employed", 3, "I drive my own taxi. How can I save for a pension?"),
    ("wcfcb-unreported", 4, "I fell from the roof at work. My boss did not report it."),
    ("wcfcb-claim-late", 4, "I lost two fingers at the mill. My claim has been there since last year."),
    ("wcfcb-employer", 2, "Where I work nobody is registered for accidents."),
    ("wcfcb-how-to-claim", 3, "I was hurt on the way with the company's truck. How do I claim?"),
    ("wcfcb-report-accident", 2, ""),
    ("register-worker", 8, ""),
    ("register-assistance", 6, ""),
    ("where-to-go", 4, "My child cannot hear. Which office helps us?"),
    ("feedback", 4, "Thank you. The woman at the desk in {place} explained everything well."),
    ("no-answer", 3, "I have called at the office five times. They always say: come back on Monday."),
    ("staff-conduct", 3, "The officer shouted at my mother in front of everybody."),
    ("not-for-help", 2, "The headman's family gets the money, and they own cattle and a shop."),
    ("data-correct", 2, "My name is written wrongly, so the bank does not pay me."),
    ("data-misused", 1, "A man who sells loans knows how much social cash I get. Who told him?"),
    ("violence", 3, "My husband beats me when the money comes."),
    ("sexual-abuse", 1, "A volunteer wants to be my friend before he writes my name. I am afraid."),
    ("other-enquiry", 2, "I do not know who to ask. My paper from the council was lost."),
]

# How officers answer, by what the case is: (decision, words).
ANSWERS: dict[str, list[tuple[Decision, str]]] = {
    Kind.COMPLAINT: [
        (Decision.UPHELD, "You were right. The mistake was ours and it is put right now. We are sorry."),
        (Decision.UPHELD, "We found the fault and mended it. Please try again, and tell us if it fails."),
        (Decision.UPHELD, "Thank you for telling us. The money is on its way to you, and we spoke to the office."),
        (Decision.UPHELD, "You were right. The record was wrong and shows it correctly now."),
        (Decision.PARTLY_UPHELD, "One part was our mistake and is put right. For the rest we found no fault."),
        (Decision.NOT_UPHELD, "We looked at the papers and heard both sides. We could not find a mistake."),
        (Decision.OUT_OF_SCOPE, "This is not ours to decide. Please go to the office of the council."),
    ],
    Kind.ENQUIRY: [
        (Decision.ANSWERED, "Yes. Please come to the desk with your NRC and we will do it together."),
        (Decision.ANSWERED, "The list is read out at the pay point some days before. Ask your committee member."),
        (Decision.ANSWERED, "You find it on the paper you were given. The desk can print it for you again."),
    ],
    Kind.REGISTRATION: [
        (Decision.REGISTERED, "You are registered. Please collect your paper at the desk."),
        (Decision.REGISTERED, "It is done. Your record shows it from today."),
        (Decision.NOT_ELIGIBLE, "By the rules you cannot join now. You may appeal if you see it another way."),
    ],
    Sensitivity.CORRUPTION: [
        (Decision.UPHELD, "We looked into it and took steps. Thank you for telling us."),
        (Decision.NOT_UPHELD, "We looked into it and found no proof. It stays on our record."),
    ],
    Sensitivity.SAFEGUARDING: [
        (Decision.UPHELD, "We spoke with you and made a plan together. Call us at any hour."),
    ],
}

SAID: dict[str, list[str]] = {
    "ask": [
        "Which office was it, and on which day?",
        "Please send us the number of your NRC.",
        "Who was there when it happened?",
    ],
    "hear": ["It was on Tuesday, at the office near the market.", "My uncle was with me.", "I come with the paper."],
    "again": ["It is still the same. Did you get my message?", "I told you before and heard nothing. Please help."],
    "merge": ["They told us before. It is the same matter."],
    "inform": ["I went there again today. It is the same.", "Please hurry, we have nothing left."],
    "note": [
        "Rang the office. They look for the file.",
        "The list of the last payment is here now; the name is on it.",
        "Visited. The story is as told.",
    ],
    "refer": ["Please check the record and tell us what is missing.", "Please say whether this is yours to decide."],
    "come_back": ["Checked. The record is put right.", "Nothing is missing on our side."],
    "declined": ["This office does not hold that record."],
    "hand_over": ["You know this office better than I do."],
    "name_officer": ["The citizen says the same officer kept the form back last month."],
    "dispute": ["It is not solved. I went there and it is the same.", "The money still did not come."],
    "appeal": ["Please let somebody else look at it.", "You heard only one side."],
}

# Ready words: name, for cases of (topic:, agency: or all), the words.
READY = (
    ("Bring the NRC", "", "Please bring your NRC or a letter from your headman to the desk."),
    ("Still working on it", "", "We are still working on {reference}. You hear from {agency} by {date}."),
    ("Payment on the next pay day", "topic:sct-payment-late", "The money comes on the next pay day at your pay point."),
    ("Card active again", "topic:nhima-card-inactive", "Your card is active again. Please try it at the clinic."),
    ("Payslips of three months", "agency:NAPSA", "Please bring payslips of three months, or your employer's name."),
)

SAVED_LISTS = {  # who, and what they come back to
    "lusaka": (("Complaints with me", "kind=complaint&owner=me"), ("Not sorted yet", "district=none")),
    "nhima": (("Urgent", "priority=4"), ("By SMS", "channel=sms")),
    "supervisor": (("Moved up", "level=2"), ("Nobody has it: social cash", "owner=nobody&topic=sct-payment-late")),
}
