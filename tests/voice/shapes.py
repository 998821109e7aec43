"""The sample calls of the test suite. Every name, number and place is invented: test cards, 555 telephones.

Add a call by adding a Script; the notation is described in script.py. Then run `python -m tests.voice CALL`.
"""

from __future__ import annotations

from .script import Script

SAMPLES = (
    Script(
        "card_payment",
        """
        A: Thanks for calling Fernhill Energy, how can I help you today?
        C: Hi there. I had a letter about my last bill and I would like to settle it now.
        A: Of course. Which card would you like to use? Read me the long number across the front.
        C: Sure, it is {CARD_NUMBER: four five three nine, five seven eight seven, six three six two,
           one four eight six}.
        A: Lovely. What is the expiry date on that one?
        C: {CARD_EXPIRY: oh eight, twenty nine}.
        A: And those three digits on the back, next to where you sign?
        C: Yes, that would be {CARD_CVV: six one two}.
        A: Great. Eighty four pounds and twenty pence has gone through,
           and you will get a letter in five to seven days.
        C: Perfect, cheers.
        """,
    ),
    Script(
        "harmless_numbers",
        """
        A: Bakery orders, what are we making for you this week?
        C: Morning. I need twenty four rolls, six large loaves and about three dozen of the small cakes.
        A: Rolls are forty cents each, so nine sixty, and the loaves are four dollars fifty.
        C: Fine. Can the van come between seven thirty and quarter past eight on Thursday?
        A: It can. The driver has eleven stops that day and you would be number five.
        C: Last time it was twenty minutes late, so please keep some room.
        A: I will put you down for seven fifteen then.
           That comes to sixty three dollars and ten cents altogether.
        C: Good. I will pay cash when it gets here.
        """,
        agent="ravi",
        customer="gwen",
    ),
    Script(
        "keypad",
        """
        A: To keep this safe, please type the numbers on your card followed by the hash key.
        C: Okay, one second.
        C: {CARD_NUMBER# 4000056655665556#}
        A: Thank you, that has come through. Now type the four digits you use at the cash machine.
        C: Do you mean my pin? Right. {PIN# 7306}
        A 1100: That worked. I have moved you to the cheaper tariff, it starts on the first of next month.
        C: Good to hear.
        """,
        agent="nell",
        customer="hugo",
    ),
)
