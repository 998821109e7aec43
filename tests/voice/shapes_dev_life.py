"""Development calls about health, insurance, logins, and calls with nothing to hide. Invented throughout."""

from __future__ import annotations

from .script import Script

LIFE = (
    Script(
        "d23_pharmacy",
        """
        A: Pharmacy line, who's the prescription for?
        C: For my son, {PERSON: Barnaby Quill}. He's on {MEDICAL: amoxicillin} for an {MEDICAL: ear
           infection}.
        A: And his birthday?
        C: {DOB: May third, twenty seventeen}.
        A: Does he have any allergies?
        C: He gets a {MEDICAL: rash} from {MEDICAL: penicillin}, I think, and he has {MEDICAL: eczema}.
        A: Okay, I'll ask the doctor. Give him five millilitres twice a day with food until then.
        C: And the price?
        A: Nine dollars eighty, ready after half past three.
        """,
        agent="gwen",
        customer="otis",
    ),
    Script(
        "d24_insurer_member",
        """
        A: Could you read me the I D on your insurance card?
        C: {MEMBER_ID: X G H, seven two oh, four four nine, one}.
        A: And the group number beneath it?
        C: {MEMBER_ID: Five five oh eight two}.
        A: What's the visit about?
        C: I've been diagnosed with {MEDICAL: sleep apnea}, and I take {MEDICAL: lisinopril} for {MEDICAL:
           high
           blood pressure}.
        A: You have a copay of thirty dollars, and you've met sixty percent of the deductible.
        C: How many visits does that cover?
        A: Twenty per year, and you've used seven.
        """,
        agent="bert",
        customer="lucy",
    ),
    Script(
        "d25_claim_crash",
        """
        A: I'm sorry to hear about the crash. What's the policy number?
        C: {MEMBER_ID: Papa Lima, six six one, oh three nine, eight}.
        A: And your registration?
        C: {PLATE: D K seven one, W N Y}.
        A: The other driver's details, if you got them?
        C: She was called {PERSON: Verity Longman}, and her phone is
           {PHONE: oh seven nine oh oh, nine one one, two two six}.
        A: Was anyone hurt?
        C: My wife has {MEDICAL: whiplash}, and my {MEDICAL: wrist is broken}.
        A: We'll have a car to you by four, and the excess is two hundred and fifty pounds.
        """,
        agent="nell",
        customer="ravi",
        noise_dbfs=-43.0,
    ),
    Script(
        "d26_helpdesk_login",
        """
        A: I T help, what name do you sign in with?
        C: It's {USERNAME: m underscore brandt eighty eight}.
        A: And which machine is it, can you read the I P address?
        C: {IP: ten dot forty two dot seven dot one nineteen}.
        A: Okay. Don't do this normally, but what is the password you typed?
        C: {PASSWORD: Capital S, u, n, flower, four four, exclamation mark}.
        A: It should be {PASSWORD: sunflower forty five}. Try now.
        C 1400: Yes, I'm in. It says nine updates and two restarts are waiting.
        A: Let them run, it takes about twenty minutes.
        """,
        agent="hugo",
        customer="gwen",
    ),
    Script(
        "d27_security_questions",
        """
        A: Because you've forgotten it, I'll ask the questions you chose. What was your first car?
        C: {SECURITY_ANSWER: The yellow Beetle}.
        A: And your favourite teacher?
        C: {SECURITY_ANSWER: Missus Pennington}.
        A: One more, the school you went to when you were ten?
        C: {SECURITY_ANSWER: Saint Aldhelm's}.
        A: Great. And the memorable word, just the second and fifth letters?
        C: {PASSWORD: R and T}.
        A: That's all fine, you've three tries left before it locks for an hour.
        """,
        agent="dana",
        customer="hugo",
    ),
    Script(
        "d28_garage_harmless",
        """
        A: Service department. What's it doing?
        C: There's a squeak from the left front wheel above forty miles an hour.
        A: When was the last service?
        C: At thirty two thousand, and it's on forty six thousand now.
        A: Pads are ninety five an axle, and labour is one and a half hours at seventy.
        C: Can you do it on the twenty third?
        A: The twenty fourth is better, bring it at eight and it's ready by two.
        C: Great, I'll get the number sixteen bus home.
        """,
        agent="ravi",
        customer="gwen",
        noise_dbfs=-50.0,
    ),
    Script(
        "d29_catering_harmless",
        """
        A: How many are you expecting for the wedding?
        C: About a hundred and twelve, including nineteen children under ten.
        A: And the code for the menu you picked in the brochure?
        C: Menu four, with the second pudding.
        A: So that is thirty six pounds a head, and half for the little ones.
        C: The band plays from seven until eleven, so serve around a quarter past five.
        A: We'd bring fourteen tables of eight, in two vans.
        C: What would be the date for the tasting?
        A: The second of May at three thirty, or the ninth at one.
        """,
        agent="nell",
        customer="bert",
    ),
    Script(
        "d30_parcel_harmless",
        """
        A: What can I look up for you?
        C: When do you close on Saturdays, and how late is the last collection?
        A: We close at one, and the last van goes at twelve twenty.
        C: What does it cost to send six kilos to Ireland?
        A: Fourteen ninety five for two days, nine forty for five.
        C: And is the security seal included?
        A: It is, and so are two address labels. Keep the box under sixty centimetres.
        C: Thanks, that's the name of the game.
        """,
        agent="lucy",
        customer="otis",
        noise_dbfs=-44.0,
    ),
    Script(
        "d31_overlap_hurry",
        """
        A: Sorry, it's a bad line. Your name again?
        C: {PERSON: Octavia Brannigan}.
        A -250: Right, and the postcode?
        C: {POSTCODE: N E six, two F L}, and I'm at {ADDRESS: seventeen Gorse Hill}.
        A -600: Perfect, and
        A 100: a card to pay the nineteen pounds?
        C: It's {CARD_NUMBER: five five five five, five five five five},
        A -400: Mm hm.
        C 120: {CARD_NUMBER: five five five five, four four four four}. It runs to {CARD_EXPIRY: the end of
           twenty nine}.
        A -300: And the three on the reverse?
        C: {CARD_CVV: Seven three three}. Is that it? My train leaves in four minutes.
        """,
        agent="dana",
        customer="lucy",
        noise_dbfs=-42.0,
    ),
    Script(
        "d32_airline_change",
        """
        A: How can I make your trip better today?
        C: I need to move my flight from the eleventh to the thirteenth.
        A: Sure. Your six character locator?
        C: {BOOKING_REF: Golf, four, Whiskey, Hotel, eight, Papa}.
        A: And your frequent flyer number?
        C: {MEMBER_ID: Three three one, nine oh four, seven two two}.
        A: The difference is sixty four dollars, plus a fee of twenty five. Which card is it going on?
        C: It's {CARD_NUMBER: thirty five thirty, eleven thirteen, thirty three thirty, zero zero zero zero}.
        A: And the exp date?
        C: {CARD_EXPIRY: Six twenty eight}.
        A: Done. You leave at nine fifteen from gate thirty, terminal two.
        """,
        agent="gwen",
        customer="hugo",
    ),
)
