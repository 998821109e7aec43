"""Calls written by somebody who had not seen the rules: money. Names, numbers and places are invented."""

from .script import Script

BLIND_PAY = (
    Script(
        "e01_bank_fraud",
        """
        A: Fraud team, you're speaking with {PERSON: Imogen}. We've spotted something odd at a shop in Leeds.
        C: Oh no. I haven't been anywhere near Leeds.
        A: Not to worry. Before we dive in, pop your date of birth over to me?
        C: {DOB: Twenty seventh of the fourth, sixty eight}.
        A: Smashing. And the long number?
        C: Er, {CARD_NUMBER: four nine one six, double three eight five, oh six oh eight, two eight three two}.
        A: Ta. I'll just need something to reach you on.
        C: {PHONE: Oh seven seven double oh, nine double oh, seven six one}, any time after six.
        A: Lovely. We've blocked two payments, eighty six pounds and four pounds fifteen.
        """,
        agent="nell",
        customer="bert",
    ),
    Script(
        "e02_telecom_port_au",
        """
        C: Yeah g'day, I wanna bring my mobile across to you guys and keep my number.
        A: Too easy. Which number are we moving?
        C: {PHONE: Oh four nine one, five seven oh, one five six}.
        A: And who've I got on the phone?
        C: {PERSON: Lachlan Treadgold}.
        A: {PERSON: Treadgold}, {PERSON: T R E A D G O L D}?
        C: That's it.
        A: Beauty. I'll need your old account number off the last bill.
        C: Hang on. [900] Righto, {ACCOUNT: two double six, one oh nine, four seven five}.
        A: And you live at?
        C: {ADDRESS: Unit six, eighteen Banksia Parade, Moorooka}, {POSTCODE: four one oh five}.
        A: Ripper. It's thirty five dollars for forty gigs, and it should switch over within three hours.
        """,
        agent="ravi",
        customer="otis",
        noise_dbfs=-48.0,
    ),
    Script(
        "e03_airline_delay",
        """
        C: Hi, so my connection got canceled and I've been standing here for two hours.
        A: I'm so sorry. Do you have your record locator handy?
        C: {BOOKING_REF: J as in Juliet, two, X, N as in Nancy, five, W}.
        A: Okay, and last name on the ticket?
        C: {PERSON: Whitcombe}. First name {PERSON: Delphine}.
        A: Since this one is international I'm gonna need what's on your passport.
        C: {PASSPORT: C, four seven one, oh eight six, double two}.
        A: Perfect. Where can I shoot the new itinerary?
        C: {EMAIL: delphine dot w at gmail dot com}.
        A: You're on the six forty out of Denver, gate B twenty two, row thirty one.
        """,
        agent="gwen",
        customer="lucy",
    ),
    Script(
        "e04_hotel_balance",
        """
        A: Front desk, good evening, {PERSON: Marguerite} speaking.
        C: Evening. I'm stopping with you on Saturday, it's under {PERSON: Fotheringham}.
        A: Ah yes, the twin on the third floor. There's a balance of two hundred and ten to settle.
        C: Right you are, do you take Mastercard?
        A: We do. Whenever you like.
        C: {CARD_NUMBER: Fifty one oh five, ten fifty one, oh five ten, fifty one hundred}.
        A: And that expires?
        C: {CARD_EXPIRY: November thirty}.
        A: Last bit, the little code on the back?
        C: {CARD_CVV: Three oh six}.
        A: All paid up. Check in is from three, and we serve supper until half nine.
        """,
        agent="gwen",
        customer="bert",
        mono=True,
        noise_dbfs=-50.0,
    ),
    Script(
        "e05_clinic_au",
        """
        A: Medical centre, can you hold? [600] Thanks for waiting. What can I do for you?
        C: I need to get in with the doctor today, my {MEDICAL: asthma} is playing up.
        A: Have you been here before?
        C: Yeah, a while back. It's {PERSON: Saoirse Mulvaney}.
        A: And when were you born, love?
        C: {DOB: Third of the twelfth, eighty four}.
        A: Medicare?
        C: {MEMBER_ID: Two nine five oh, one double seven, three eight one}.
        A: Are you taking anything for it?
        C: Just {MEDICAL: Ventolin}, and {MEDICAL: prednisone} last winter.
        A: I can squeeze you in at ten past two. There's a gap fee of forty one dollars.
        """,
        agent="dana",
        customer="lucy",
        noise_dbfs=-46.0,
    ),
    Script(
        "e06_pharmacy_refill_us",
        """
        A: Corner pharmacy, is this a pick up or a delivery?
        C: Delivery. I'm almost out of my {MEDICAL: metoprolol}.
        A: Sure thing. Birthday?
        C: {DOB: Ten, nineteen, fifty six}.
        A: And your full name for me?
        C: {PERSON: Horace Eldridge}. That's {PERSON: E L D, R I D G E}.
        A: Thank you, sir. Same house as before?
        C: No ma'am, I moved. I'm at {ADDRESS: four oh four West Calder Avenue, Tulsa}.
        A: And the zip there?
        C: {POSTCODE: Seven four one, one nine}.
        A: What's a good call back, in case the driver gets lost?
        C: {PHONE: Nine one eight, five five five, oh one seven four}.
        A: You have two refills left, and it's ten dollars even.
        """,
        agent="lucy",
        customer="bert",
    ),
    Script(
        "e07_energy_direct_debit",
        """
        C: Hiya, my name's {PERSON: Gethin Pritchard} and I've just got the keys to a new place.
        A: Congratulations! So what's the supply address?
        C: {ADDRESS: Twelve B Slate Row, Llanfair}.
        A: And postcode?
        C: {POSTCODE: L L fifty three, six Y T}. No, sorry, {POSTCODE: six Y P, P for Peter}.
        A: Got you. How were you wanting to pay?
        C: Monthly. The sort code's {SORT_CODE: forty, forty seven, eighty four}, and the account is
           {ACCOUNT: seven oh eight seven, two four nine oh}.
        A: {ACCOUNT: Seven zero eight seven, two four nine zero}?
        C: Aye.
        A: Estimated use is two thousand nine hundred kilowatt hours, so about ninety one pounds a month.
        """,
        agent="hugo",
        customer="otis",
    ),
    Script(
        "e08_motor_quote",
        """
        A: Motor quotes, let's see if we can beat your renewal. Reg?
        C: {PLATE: Y K sixty nine, V B E}.
        A: The blue hatchback, one point two litre?
        C: That's the one.
        A: And your driver number, off the photocard?
        C: It's a long one. {LICENCE: M O R T I, six five two, oh nine eight, J T nine, two W}.
        A: Brilliant. How old does that make you, what's the D O B?
        C: {DOB: Eighth of February nineteen ninety eight}.
        A: And where's it kept overnight?
        C: On the drive at {ADDRESS: fifty five Millrace Avenue}, {POSTCODE: D E one, four G H}.
        A: With three years no claims and a three hundred excess, I make it four hundred and twelve.
        """,
        agent="ravi",
        customer="nell",
        noise_dbfs=-52.0,
    ),
    Script(
        "e09_car_hire_india",
        """
        A: Good morning sir, self drive cars. Kindly share your driving licence details.
        C: Yes, note down. {LICENCE: M H twelve, two zero one four, zero zero six, two three one five}.
        A: Also for verification, twelve digit Aadhaar is required.
        C: {AADHAAR: Five two nine oh, double seven one four, eight three six oh}.
        A: Thank you sir. Alternate contact?
        C: My brother, {PERSON: Nikhil}. {PHONE: Plus nine one, nine eight two three three, one four double oh
           seven}.
        A: And car should reach you where?
        C: {ADDRESS: Two zero three Shanti Heights, Baner Road, Pune}.
        A: Noted. Security is five thousand rupees, and three hundred kilometres per day is free.
        """,
        agent="hugo",
        customer="ravi",
        noise_dbfs=-45.0,
    ),
)
