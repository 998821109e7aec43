"""Development calls about people: names, contact, identity papers. Invented throughout."""

from __future__ import annotations

from .script import Script

PEOPLE = (
    Script(
        "d13_names_spelled",
        """
        A: Thanks for holding, you've got {PERSON: Tobias} here. Who's this?
        C: Hi, it's {PERSON: Maren Oakhurst}.
        A: Could you spell the surname for me?
        C: {PERSON: O for Oscar, A, K, H, U, R, S, T}.
        A: And the first one is {PERSON: M A R E N}?
        C: Yes, with an E.
        A: Nice to meet you, {PERSON: Maren}. What's going on today?
        C: My kettle arrived with a crack, and I've had it for only two days.
        A: I'll send another one, it takes three to four days.
        C: Thank you, {PERSON: Tobias}.
        """,
        agent="bert",
        customer="lucy",
    ),
    Script(
        "d14_callback_phone",
        """
        A: If we get cut off, what's the best line to reach you on?
        C: My cell's {PHONE: three one two, five five five, oh one eight eight}.
        A: Is there a landline too?
        C: Yeah, {PHONE: area code seven seven three, five five five, zero one four two}.
        A: Great. And after five o'clock, which of them?
        C: The first. Actually no, the one ending {PHONE: four two}.
        A: Understood. The crew of two arrives between nine and eleven and works around ninety minutes.
        """,
        agent="ravi",
        customer="gwen",
        noise_dbfs=-44.0,
    ),
    Script(
        "d15_email_invoice",
        """
        A: I'll email the invoice across. What address should it go to?
        C: {EMAIL: billing dot desk seven at fastmail dot com}.
        A: Billing with a dot in between?
        C: Yes. {EMAIL: B I L L I N G, dot, desk, the number seven}.
        A: Great, and can I copy in anyone else?
        C: My partner, {EMAIL: juno underscore park at yahoo dot co dot uk}.
        A: It's four pages, and item six shows the discount of fifteen percent.
        """,
        agent="nell",
        customer="otis",
    ),
    Script(
        "d16_delivery_uk",
        """
        A: The driver couldn't find you. Can you tell me where it's meant to go?
        C: {ADDRESS: Flat three, one hundred and nine Coppice Road, Wetherfield}.
        A: And that's in which postal area?
        C: {POSTCODE: H X four, seven Q P}.
        A: Any instructions for the man with the parcel?
        C: There's a side door, third on the left, past two green bins.
        A: Noted. Name for the label?
        C: Put {PERSON: Ignatius Bell}, please.
        A: It'll be Friday between eight and noon.
        """,
        agent="hugo",
        customer="gwen",
    ),
    Script(
        "d17_moving_us",
        """
        A: Where are we shipping this one to?
        C: {ADDRESS: twenty two fifteen Orchard Bend, apartment nine B, Boise, Idaho}.
        A: Zip?
        C: {POSTCODE: Eight three seven oh two}.
        A: And who's signing for it?
        C: My neighbor, {PERSON: Clementine}, she's home all day.
        A: Give me a number for her, just in case?
        C: Sure, {PHONE: two oh eight, five five five, oh one one six}.
        A: It weighs fourteen pounds, so shipping comes to eighteen seventy five.
        """,
        agent="dana",
        customer="hugo",
    ),
    Script(
        "d18_benefits_ssn",
        """
        A: I just have to verify a couple of things. What are the last four of your social?
        C: {SSN: Six oh two eight}.
        A: It doesn't pull up. Let's do the whole thing.
        C: {SSN: Nine one two, sixty six, six oh two eight}.
        A: That found it. And your birth date, month first?
        C: {DOB: Oh four, twenty two, seventy nine}.
        A: Mother's maiden name?
        C: {SECURITY_ANSWER: Abernathy}.
        A: Alright. Your claim is week six of twenty six, and the next four hundred dollars post Thursday.
        """,
        agent="gwen",
        customer="bert",
    ),
    Script(
        "d19_tax_nino",
        """
        A: Tax helpline. I can't see you yet, do you know your N I number?
        C: {NINO: J K, three one, seven oh, five five, D}.
        A: And how old are you, when were you born?
        C: I'm fifty one, so {DOB: the nineteenth of August seventy three}.
        A: And the first line of your address with the postcode?
        C: {ADDRESS: Eighty Bramble Close}, {POSTCODE: B S five, one R D}.
        A: Thank you. You overpaid by one hundred and thirty pounds, so your code changes from April.
        """,
        agent="lucy",
        customer="ravi",
    ),
    Script(
        "d20_sim_kyc",
        """
        A: For the new sim I must do the K Y C. Tell me your Aadhaar, slowly.
        C: {AADHAAR: Three six oh two, double eight one four, seven nine five three}.
        A: {AADHAAR: Three six zero two, eight eight one four, seven nine five three}, correct?
        C: Correct.
        A: And your good name, sir?
        C: {PERSON: Devansh Rathod}.
        A: Date of birth as on the card?
        C: {DOB: Fourteenth November, nineteen eighty eight}.
        A: And you want the plan with two G B a day for eighty four days?
        C: Yes, the seven hundred nineteen one.
        """,
        agent="nell",
        customer="hugo",
        noise_dbfs=-46.0,
    ),
    Script(
        "d21_passport_check_in",
        """
        A: Happy to check you in by phone. What's your confirmation code?
        C: {BOOKING_REF: Q seven M, two Z D}.
        A: And the document you're travelling on, what number does it have?
        C: It's a passport, {PASSPORT: five oh seven, double one two, nine six four}.
        A: Under which name is that?
        C: {PERSON: Leopold Ashdown}.
        A: And your date of birth, mister {PERSON: Ashdown}?
        C: {DOB: Sixth of the sixth, sixty six}.
        A: You're in seat eighteen C, the gate closes at five past two, and you can bring one bag of ten
           kilos.
        """,
        agent="dana",
        customer="otis",
    ),
    Script(
        "d22_car_hire",
        """
        A: What's on the licence under number five?
        C: {LICENCE: F A L K E, eight oh two, one five seven, R nine}.
        A: Okay. And the plate of the car you're dropping off?
        C: {PLATE: Mike Tango one nine, Foxtrot Golf Bravo}.
        A: How much fuel is left?
        C: About three quarters, and it has done four hundred and eleven miles.
        A: Is there another driver?
        C: My colleague, {PERSON: Beatrix Solano}. Her license is {LICENCE: S four one oh, two two seven,
           eight nine six}.
        A: Thanks. That's two extra days, so one hundred and four euros.
        """,
        agent="ravi",
        customer="lucy",
    ),
)
