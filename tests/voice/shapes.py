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
    Script(
        "contact_change",
        """
        A: Hello, you are through to Marlow Water, {PERSON: Priscilla} speaking.
        C: Hi, we have just moved and I have to give you some new contact details.
        A: No trouble. Where are you living now?
        C: {ADDRESS: forty six Thistle Lane, Ashbury}.
        A: And which mobile should I put on the file?
        C: Use {PHONE: oh seven seven oh oh, nine oh oh, three one eight}.
        A: Lastly, an email for the bills?
        C: Yeah, {EMAIL: r dot falkner at outlook dot com}.
        A: Let me repeat that, {EMAIL: r dot falkner, at outlook dot com}.
        C: Spot on.
        A: The next meter reading is in twelve weeks.
        """,
        agent="nell",
        customer="bert",
        noise_dbfs=-52.0,
    ),
    Script(
        "us_identity",
        """
        A: Before I open the file I have to make sure it is you. Your social security number, please?
        C: Okay. {SSN: nine oh oh, four five, one eight two six}.
        A: And when is your birthday?
        C: {DOB: February eleventh, nineteen eighty three}.
        A: Which address do we have for you?
        C: {ADDRESS: seven twenty Juniper Street, Dayton, Ohio}, {POSTCODE: four five four oh nine}.
        A: Thank you. Your refund of two hundred and six dollars was approved on Monday.
        C: Great, how long does the check take?
        A: Ten business days at most.
        """,
        agent="ravi",
        customer="lucy",
    ),
    Script(
        "uk_bank",
        """
        A: To pay you back I need the details of your current account. Sort code first?
        C: {SORT_CODE: two two, eight oh, four six}.
        A: Right. And the eight digits that follow?
        C: {ACCOUNT: six oh one five, nine three seven two}.
        A: Thanks. Your N I number as well, if you have it there?
        C: It begins with {NINO: Q Q, one two, three four, five six, B}.
        A: And the postcode where the letters go?
        C: {POSTCODE: L S two, nine J T}.
        A: You will see forty one pounds sixty within three working days.
        """,
        agent="dana",
        customer="gwen",
        noise_dbfs=-55.0,
    ),
    Script(
        "clinic",
        """
        A: Willow Park Surgery, how can we help?
        C: I would like to see someone about my {MEDICAL: diabetes}, and the {MEDICAL: metformin}
           makes me sick.
        A: Sorry to hear it. What does it say under member number on your plan?
        C: {MEMBER_ID: W P, four four one, oh nine seven}.
        A: And the patient's name?
        C: {PERSON: Theodore Hensley}.
        A: Thank you, {PERSON: Theodore}. There is a slot at twenty to four on Wednesday, on the second floor.
        C: That suits me.
        """,
        agent="gwen",
        customer="otis",
    ),
    Script(
        "password_reset",
        """
        A: Service desk. You are locked out, is that right?
        C: Yes, after five tries. My login is {USERNAME: falcon twenty six}.
        A: I have sent a code to your phone. Could you read it to me?
        C 1200: It says {OTP: eight three one, five oh four}.
        A: Good, that matches. I set a temporary password for you, it is {PASSWORD: copper kettle nineteen}.
        C: So {PASSWORD: copper, kettle, nineteen}. Got it.
        A: You can change it after two minutes, and the link works for one hour.
        """,
        agent="hugo",
        customer="nell",
        noise_dbfs=-42.0,
    ),
    Script(
        "mono_tickets",
        """
        A: Box office, what would you like to see?
        C: Two seats for the Saturday concert, please, in the stalls.
        A: Row nine is free, at thirty eight each. What are the digits on your card?
        C: {CARD_NUMBER: three seven eight two, eight two two four six three, one oh oh oh five}.
        A: Expires when?
        C: {CARD_EXPIRY: end of March twenty eight}.
        A: And there is a four figure number above it, could I have that?
        C: {CARD_CVV: seven oh nine one}.
        A: Wonderful, doors open at half past six.
        """,
        agent="lucy",
        customer="bert",
        mono=True,
    ),
    Script(
        "interrupted_card",
        """
        A: Go ahead with the card whenever you are ready.
        C: {CARD_NUMBER: five two oh oh, eight two eight two}, [700] sorry, the dog is at the door.
           [900] Where was I?
        A: You had got as far as {CARD_NUMBER: eight two eight two}.
        C: Then {CARD_NUMBER: eight two eight two, eight two one nine}. No, wait,
           it finishes with {CARD_NUMBER: one oh}.
        A: So the last four are {CARD_NUMBER: eight two one oh}?
        C: Exactly.
        A: That took the twelve pounds, and parcel three goes out tonight.
        """,
        agent="ravi",
        customer="lucy",
        noise_dbfs=-48.0,
    ),
    Script(
        "tech_support",
        """
        A: Support line, what is the matter with the router?
        C: The second light blinks red and the speed is under four megabits.
        A: How many walls are between it and your computer?
        C: Three, and it is about fifteen metres away.
        A: Please hold the button on the back for ten seconds and count to thirty.
        C: Right. Now there are two green lights and it shows channel eleven.
        A: Good. The update takes around six minutes, and version nine fixes it.
        C: Thanks, that took no time at all.
        """,
        agent="bert",
        customer="nell",
        mono=True,
        noise_dbfs=-45.0,
    ),
    Script(
        "crosstalk",
        """
        A: May I take the number you are calling from, and your date of birth?
        C: You can have {PHONE: two one two, five five five, oh one six three},
        A -500: Yes.
        C 40: and I was born on {DOB: the thirtieth of October, nineteen ninety one}.
        A -700: Okay, great.
        C 90: The name on the account is
        A -350: Mm.
        C 50: {PERSON: Gareth Pomeroy}.
        A: All set. Your seat is twenty two, and boarding starts at ten past six.
        C -600: Thanks a lot.
        """,
        agent="dana",
        customer="ravi",
    ),
    Script(
        "booking_plate",
        """
        A: Airport parking, do you have a reservation?
        C: Yes, the booking reference is {BOOKING_REF: T nine R K four V}.
        A: And what is the registration of the car?
        C: {PLATE: W X six eight, L D N}.
        A: Fine. Eight days in zone three, the shuttle leaves every quarter of an hour.
        """,
        agent="gwen",
        customer="hugo",
        mono=True,
        rate_hz=16000,
        subtype="PCM_16",
    ),
    Script(
        "names",
        """
        A: Good evening, my name is {PERSON: Rosalind}. Who do I have the pleasure of speaking to?
        C: {PERSON: Edmund Castellane}. I am calling for my mother, {PERSON: Philippa}.
        A: How is that surname written?
        C: {PERSON: C A S T E L L A N E}.
        """,
        agent="lucy",
        customer="otis",
        mono=True,
        rate_hz=44100,
        audio="call.flac",
        subtype="PCM_16",
        noise_dbfs=-66.0,
    ),
)
