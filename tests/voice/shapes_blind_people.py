"""Calls written by somebody who had not seen the rules: people and places. Names, numbers and places are invented."""

from .script import Script

BLIND_PEOPLE = (
    Script(
        "e10_shop_checkout",
        """
        C: Your website keeps crashing, so can I just buy the green lamp over the phone?
        A: Absolutely. Where's it off to?
        C: {ADDRESS: Thirty one Cobbler's Wynd, Haddon}, {POSTCODE: E H nine, one A W}.
        A: And an email, so I can send the tracking?
        C: {EMAIL: The lamp lady, all one word, at hotmail dot co dot uk}.
        A: Ha, great. Right, card details.
        C: {CARD_NUMBER: Two two two one, and then eight zeros, and then}
        A -200: Sorry, say again?
        C 60: Yeah, so, {CARD_NUMBER: then zero zero zero nine}.
        A: Start date doesn't matter. End date?
        C: {CARD_EXPIRY: Four of thirty one}.
        A: Three on the back?
        C: {CARD_CVV: Double eight one}.
        A: That's fifty nine ninety nine with free postage.
        """,
        agent="dana",
        customer="gwen",
    ),
    Script(
        "e11_state_refund",
        """
        A: Department of Revenue, thank you for your patience. What's your social?
        C: {SSN: Nine eight seven, sixty five, forty three twenty}.
        A: And for the record, state your name, please.
        C: {PERSON: Lorraine Tuttle}.
        A: Ma'am, the deposit bounced. What bank info do you want on here instead?
        C: So the routing is {ROUTING: zero one one, four zero one, five three three}.
        A: Uh huh.
        C: and the account, {ACCOUNT: one one one, one two two two, two three three, three oh}.
        A: Savings or checking?
        C: Checking.
        A: Okay. You'll see three hundred eighteen dollars within ten to fourteen days.
        """,
        agent="bert",
        customer="gwen",
        noise_dbfs=-47.0,
    ),
    Script(
        "e12_india_netbanking",
        """
        A: Welcome to phone banking. May I know whom I am speaking to?
        C: Myself {PERSON: Sunita Deshpande}.
        A: Thank you ma'am. Please tell me your PAN card number.
        C: {PAN: A, F for Father, L, P for Papa, D, seven oh one three, K}.
        A: One password has come on your registered mobile, kindly tell.
        C 1200: One minute. {OTP: Double five, nine oh, one seven}.
        A: Verified. And money should come to which U P I?
        C: {UPI: sunita dot d at ok axis}.
        A: {UPI: sunita dot d, at ok axis}, right?
        C: Right, right.
        A: Rupees one thousand two hundred will be credited by tomorrow evening, five o'clock.
        """,
        agent="ravi",
        customer="nell",
    ),
    Script(
        "e13_uni_helpdesk",
        """
        A: Student I T, hello.
        C: Hi, I can't get into my email and I've an essay due at noon.
        A: Deep breaths. What's your student login?
        C: {USERNAME: K B R, four zero one seven}.
        A: And there's an address at the bottom of that error page, what does it say?
        C: {IP: One nine two dot one six eight dot four dot twenty}.
        A: Right, you're on the guest wifi. I'm resetting you now. New password is
           {PASSWORD: purple walrus six three}.
        C: {PASSWORD: Purple, walrus, six three}. All lower case?
        A: Yep. Any other email you use?
        C: {EMAIL: k b rennie at proton mail dot com}.
        A: Cool. You've got ninety minutes, and a hundred and twenty pages of printing left.
        """,
        agent="hugo",
        customer="lucy",
    ),
    Script(
        "e14_gym_join",
        """
        A: Hey there, ready to get started? What do folks call you?
        C: {PERSON: Desmond}. {PERSON: Desmond Achterberg}.
        A: Awesome, {PERSON: Desmond}. How about a cell?
        C: {PHONE: Five oh three, triple five, zero one two eight}.
        A: And an emergency contact?
        C: Uh, my girlfriend {PERSON: Tamsin}, {PHONE: five oh three, triple five, zero one nine three}.
        A: Any injuries or health stuff our trainers oughta know?
        C: I've a {MEDICAL: slipped disc}, so no deadlifts.
        A: No problem. It's twenty four fifty every two weeks, and we're open five to eleven.
        """,
        agent="lucy",
        customer="otis",
        mono=True,
    ),
    Script(
        "e15_charity_donation",
        """
        C: I saw your appeal on the telly and I'd like to give a little something.
        A: That's ever so kind. How much were you thinking?
        C: Fifteen pounds.
        A: Wonderful. And are you paying tax, so that we can claim another three seventy five?
        C: I am, yes.
        A: Then who do I put it down to?
        C: {PERSON: Missus Enid Capstick}.
        A: And your house number and street, {PERSON: Enid}?
        C: {ADDRESS: Two Lychgate Cottages, Church Lane}.
        A: Now your card, nice and slow.
        C: {CARD_NUMBER: Six seven five nine}, [700] {CARD_NUMBER: six four nine eight}, [800]
           {CARD_NUMBER: two six four three}, [700] {CARD_NUMBER: eight four five three}.
        A: And when does it run out?
        C: {CARD_EXPIRY: The second month of twenty eight}.
        A: Bless you.
        """,
        agent="nell",
        customer="gwen",
        noise_dbfs=-50.0,
    ),
    Script(
        "e16_parking_permit",
        """
        A: Council permits. Is it a renewal or a visitor's one?
        C: Renewal, zone H.
        A: What are you driving at the moment?
        C: A grey estate. Number plate's {PLATE: Lima Victor twenty two, Oscar Juliet Xray}.
        A: Let me see, {PLATE: L V two two, O J X}. And your house?
        C: {ADDRESS: Flat nineteen, Regent Buildings}.
        A: It's sixty eight pounds for the year. I'll stop listening while you tap in the card.
        C: Okay, here goes.
        C: {CARD_NUMBER# 5425233430109903}
        A: Then four digits for when it ends, and three for the code.
        C: {CARD_EXPIRY# 0629} [800] {CARD_CVV# 472}
        A: That's gone through. It covers you from the first until this time next year.
        """,
        agent="bert",
        customer="hugo",
    ),
    Script(
        "e17_theatre_exchange",
        """
        C: Hello, I've got four tickets for the matinee and two of us can't come.
        A: What a pity. Have you got the order reference?
        C: {BOOKING_REF: P H, eight eight two, K M}.
        A: I'm seeing {PERSON: Ottoline Grainger}, is that you?
        C: My sister. I'm {PERSON: Beatrice}.
        A: And which email did she use?
        C: I think {EMAIL: ottie nineteen at icloud dot com}.
        A: That matches. I can refund to the same card, just give me the last four?
        C: {CARD_NUMBER: Nine nine nine five}.
        A: So that's two at forty seven fifty, less a two pound fee each. Curtain is at half past two.
        """,
        agent="dana",
        customer="bert",
        mono=True,
        noise_dbfs=-49.0,
    ),
    Script(
        "e18_vet_register",
        """
        A: Animal hospital, what's going on with your pup?
        C: She ate about half a sock. She's nine months, around forty pounds.
        A: Oh goodness. Let me get you in the system. You are?
        C: {PERSON: Marisol Quintero}.
        A: How do you spell {PERSON: Quintero}?
        C: {PERSON: Q U I, N T E, R O}.
        A: Street address?
        C: {ADDRESS: Sixty one eighty Mesa Verde Drive, Santa Fe, New Mexico}.
        A: And you're calling from?
        C: {PHONE: Five zero five, five five five, zero one three six}. Oh, and it's my work phone,
           so text {PHONE: five five five, zero one six six} instead.
        A: Sure. Come straight over, the exam is eighty five, and we're open until ten.
        """,
        agent="gwen",
        customer="lucy",
        noise_dbfs=-44.0,
    ),
)
