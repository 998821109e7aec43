"""Calls of the third practice set about paying by card."""

from __future__ import annotations

from .shape import Shape

PAY = (
    Shape(
        "k01_boiler_invoice",
        """
        A: Warmhome Heating, accounts department, {PERSON: $someone.first} speaking.
        C: Hello. I've an invoice here for $pounds and I'd like to clear it.
        A: With pleasure. Please read me the sixteen digits along the front of the card.
        C: (Let me put the light on. |){CARD_NUMBER: $card}.
        A: And what month and year does that one run out?
        C: {CARD_EXPIRY: $expiry}.
        A: Lastly the security number, which is the three on the reverse.
        C: {CARD_CVV: $cvv}.
        A: You are all paid up. The next service falls in $month and lasts about $minutes.
        """,
        land="uk",
        calls=2,
    ),
    Shape(
        "k02_theater_seats",
        """
        A: Orpheum ticket line. I'm holding $few seats for you, so go ahead with the card any time.
        C: Alright, so it goes {CARD_NUMBER: $card_fours.g1}.
        A -150: (Okay.|Uh huh.)
        C 200: {CARD_NUMBER: $card_fours.g2}.
        A 150: (Got it.|Mm hmm.)
        C 200: {CARD_NUMBER: $card_fours.g3}, [500] {CARD_NUMBER: $card_fours.g4}.
        A: Perfect, and you'll see a shorter number in italics next to your signature.
        C: Yeah, is it {CARD_CVV: $cvv}?
        A: That's what I was after. Row $some, and the curtain goes up at $time.
        """,
        calls=2,
    ),
    Shape(
        "k03_cliff_hotel",
        """
        A: Good afternoon, Cliff House. Is it to secure the twin room for $date?
        C: It is, for the $few nights.
        A: If you call out the card, the expiry and the wee code, I'll put it through in one go.
        C: Right so. Card is {CARD_NUMBER: $card}, expiry {CARD_EXPIRY: $expiry}, and the code, {CARD_CVV: $cvv}.
        A: Grand. Whose name will I put on the room?
        C: {PERSON: $someone}.
        A: And a mobile we can text?
        C: {PHONE: $phone_ie}.
        A: That's $euros now, and breakfast goes on until half ten.
        """,
        land="uk",
        calls=2,
    ),
    Shape(
        "k04_tyre_fitters",
        """
        A: That's four tyres fitted for $dollars. How would you like to pay, mate?
        C: Stick it on my Mastercard. {CARD_NUMBER: $card_wrong}. No, hang on, that's the dead one.
        A: No rush. Give us the live one then.
        C: Here it is. {CARD_NUMBER: $card}.
        A: I've got {CARD_NUMBER: $card.last4} to finish. Is that how it reads?
        C: Spot on.
        A: When's the expiry?
        C: {CARD_EXPIRY: $expiry}.
        A: And the C V C?
        C: {CARD_CVV: $cvv}.
        A: Ripper. She'll be ready by $time, pressures set to thirty six.
        """,
        land="au",
        calls=2,
    ),
    Shape(
        "k05_jeweler_amex",
        """
        A: Bellini Jewelers, you're calling about the bracelet on layaway?
        C: I am. I'd like to pay off the last $dollars with my American Express.
        A: Wonderful, I can key that in for you.
        C: Okay, {CARD_NUMBER: $amex.g1}.
        A 150: Yes.
        C 200: {CARD_NUMBER: $amex.g2}, {CARD_NUMBER: $amex.g3}.
        A: And then there are four more small ones printed over on the right.
        C: Those say {CARD_CVV: $cvv_amex}.
        A: What zip does the statement go to?
        C: {POSTCODE: $zip}.
        A: All set. We're open until $time, and gift wrap is $fee_dollars.
        """,
        calls=2,
    ),
    Shape(
        "k06_market_order_es",
        """
        A: La Bodega, what would you like today?
        C: Ten pounds of masa and $few dozen tamales. I say my numbers in Spanish, okay?
        A: Of course, I follow it fine. Let me have your card then.
        C: {CARD_NUMBER: $card}.
        A: Gracias. Now the code from the back of it.
        C: {CARD_CVV: $cvv}.
        A: And the cell phone we should text?
        C: {PHONE: $phone_us}.
        A: Muy bien. It's $dollars and you can pick it up after $time.
        """,
        digits="es",
    ),
    Shape(
        "k07_caller_ready",
        """
        A: Lakeside Boats.
        C: Morning. You left me a message, so I'm ringing to pay the mooring.
        A: Ah yes, berth $some. It comes to $pounds this quarter.
        C: I've everything in front of me. Long number, {CARD_NUMBER: $card.slow}. It ends {CARD_EXPIRY: $expiry},
           and then {CARD_CVV: $cvv} on the strip.
        A: You're organised. Where does the bank post your statements to?
        C: {ADDRESS: $place_uk}.
        A: And the postal code of that?
        C: {POSTCODE: $postcode}.
        A: Paid. The harbour gate shuts at $time in the winter.
        """,
        land="uk",
    ),
    Shape(
        "k08_insurance_renewal",
        """
        A: Sir, your two wheeler insurance is lapsing on $date. Shall I renew it now itself?
        C: How much is it this year?
        A: $rupees, with twenty percent no claim bonus. Which debit card will you be using?
        C: Same like before. {CARD_NUMBER: $card}.
        A: Valid up to?
        C: {CARD_EXPIRY: $expiry}.
        A: C V V, sir.
        C: {CARD_CVV: $cvv}.
        A: Bank will be sending one password by S M S. Kindly read out.
        C: (Just came. |){OTP: $otp}.
        A: Done. And vehicle number is still {PLATE: $plate_in}?
        C: Same only.
        """,
        land="in",
    ),
    Shape(
        "k09_stolen_card",
        """
        A: Lost and stolen cards, I can help. Do you still know the number, or part of it?
        C: I wrote it in my diary. {CARD_NUMBER: $card.first}.
        A -200: Go on.
        C 150: Sorry, my reading's poor. {CARD_NUMBER: $card.rest}.
        A: Found it, it's cancelled from this minute. Where did you use it last?
        C: At the filling station, $pounds, around $time.
        A: For the new one, pick four numbers you can remember for the cash machine.
        C: I'd go for {PIN: $pin}.
        A: {PIN: $pin}, that's set. It takes $few working days by post.
        """,
        land="uk",
        mono=True,
        calls=2,
    ),
    Shape(
        "k10_wine_club",
        """
        A: Barossa Cellar Club, your case of twelve is $dollars delivered.
        C: Lovely. Is it still the card ending {CARD_NUMBER: $card.last4}?
        A: That one was declined, I'm afraid. Have you been sent a replacement?
        C: I have, same bank. {CARD_NUMBER: $card2}.
        A: What's the good through date?
        C: {CARD_EXPIRY: $expiry}.
        A: And flip it over for me, what's on the back?
        C: {CARD_CVV: $cvv}.
        A: Is it still going to the same house?
        C: No, we moved to {ADDRESS: $place_au}, {POSTCODE: $postcode_au}.
        A: It leaves us on $day and weighs $kilos.
        """,
        land="au",
    ),
    Shape(
        "k11_daughters_card",
        """
        A: Campus bookstore. Who's picking the order up?
        C: My daughter, {PERSON: $someone}, but I'm the one paying.
        A: That's sweet of you. It's $few textbooks at $dollars. I'll take those numbers off your Visa.
        C: Okay, let me squint. {CARD_NUMBER: $card}.
        A: Would you mind going over it once more, a bit slower?
        C: {CARD_NUMBER: $card.slow}.
        A: Thanks. Month and year?
        C: {CARD_EXPIRY: $expiry}.
        A: And last, the C V V two.
        C: {CARD_CVV: $cvv}.
        A: She can come by after $time with a photo I D.
        """,
        calls=2,
    ),
)
