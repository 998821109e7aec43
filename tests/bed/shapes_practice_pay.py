"""Practice calls about paying: cards, accounts, transfers."""

from __future__ import annotations

from .shape import Shape

PAY = (
    Shape(
        "h01_florist",
        """
        A: Petal and Thorn, what can we send for you?
        C: A dozen tulips to my aunt, (around|for about) $pounds, on $date.
        A: Gorgeous. The name to go on the order?
        C: {PERSON: $name}.
        A: And what would you like to charge it to, (love|my dear)? Numbers whenever it suits.
        C: (Hang on, my purse.|Here we go then.) {CARD_NUMBER: $card}.
        A: When's that one good till?
        C: (Er,|) {CARD_EXPIRY: $expiry}.
        A: The little trio by the signature, if you can make them out?
        C: {CARD_CVV: $cvv}(, I think|).
        A: And the postcode it's registered to.
        C: {POSTCODE: $postcode}.
        A: Smashing, they'll be with her by $time.
        """,
        land="uk",
    ),
    Shape(
        "h02_hotel_deposit",
        """
        A: Reservations desk at the Lakeside, {PERSON: $name.first} here.
        C: Hi, I'm holding {BOOKING_REF: $booking} and you folks need a guarantee for the second night.
        A: Got it, two queens on $floor. I'll take your American Express over the line if that works.
        C: Sure does. {CARD_NUMBER: $amex}.
        A: Uh huh. Thru date on it?
        C: {CARD_EXPIRY: $expiry}.
        A: And the four tiny ones above the embossing?
        C: {CARD_CVV: $cvv_amex}.
        A: All guaranteed. Check in opens at $time and parking runs $dollars a night.
        """,
    ),
    Shape(
        "h03_taxi_account",
        """
        A: Cabs, where are you off to?
        C: The station, for $time. Can I settle it now on plastic?
        A: Course you can. Fire away with the number, (I'll tap it in as you go|in your own time).
        C: {CARD_NUMBER: $card.first}.
        A -300: (Yep.|Mm hmm.|Go on.)
        C 200: {CARD_NUMBER: $card.rest}.
        A: Lovely. I need the check digits off the reverse too.
        C: (That'd be|It's) {CARD_CVV: $cvv}.
        A: And a mobile so the driver can ring you?
        C: {PHONE: $phone_uk}.
        A: He'll be $minutes. It's (a silver|a grey) Skoda, and that's $pounds all in.
        """,
        land="uk",
    ),
    Shape(
        "h04_box_office",
        """
        A: Box office. I've got $few seats in the mezzanine at $dollars apiece.
        C: Perfect, ring it up. The Visa reads {CARD_NUMBER: $card_wrong}.
        A: (Hmm, it's bouncing on me.|The machine spat that one out.) Could you try again for me?
        C: Whoops, wrong card. {CARD_NUMBER: $card}.
        A: So that finishes in {CARD_NUMBER: $card.last4}?
        C: (Right.|You got it.)
        A: Good thru?
        C: {CARD_EXPIRY: $expiry}.
        A: Last thing, the verification number.
        C: {CARD_CVV: $cvv}.
        A: Doors open at $time, and will call is to the left of the lobby.
        """,
    ),
    Shape(
        "h05_charity_gift",
        """
        A: Otter Rescue, thank you so much for phoning.
        C: I'd like to give $pounds (every month|a month) by direct debit.
        A: That's wonderful. Whose account would it come from?
        C: {PERSON: $name}, that's me.
        A: And could I take your bank's sort code?
        C: {SORT_CODE: $sort}.
        A: {SORT_CODE: $sort}, grand. Then your account itself?
        C: {ACCOUNT: $account_uk}.
        A: For the gift aid form, which address shall I put?
        C: {ADDRESS: $address_uk}, {POSTCODE: $postcode}.
        A: Marvellous. The first one leaves on $date.
        """,
        land="uk",
    ),
    Shape(
        "h06_energy_refund",
        """
        A: So the meter shows you're $pounds in credit, and that can go straight to your bank.
        C: It's a foreign one, I've only got the international number.
        A: (No bother,|That'll do nicely,) read me the I BAN from the front.
        C: {IBAN: $iban.first}.
        A 200: Mm hmm.
        C 250: {IBAN: $iban.rest}.
        A: So it closes with {IBAN: $iban.last4}. And how old a customer, I mean what's your birth date?
        C: {DOB: $dob}.
        A: Where should the receipt be mailed, electronically I mean?
        C: {EMAIL: $email}.
        A: Allow $some days, it isn't instant.
        """,
        land="uk",
    ),
    Shape(
        "h07_tax_office",
        """
        A: State revenue, taxpayer line. Which filing year is this about?
        C: Last year's. You still owe me $dollars.
        A: Let me look you up. Your social, please?
        C: {SSN: $ssn}.
        A: And you were born on?
        C: {DOB: $dob}.
        A: It's pending because the bank info failed. What's the A B A number on the check?
        C: (Bottom left,|It's) {ROUTING: $routing}.
        A: {ROUTING: $routing}, thanks. And the checking account beside it?
        C: {ACCOUNT: $account_us}.
        A: Give it $weeks and call again if nothing shows.
        """,
    ),
    Shape(
        "h30_spanish_digits",
        """
        A: Mercado Verde online orders. I can hear you best if you go slow.
        C: Sorry, numbers I only know in Spanish, is that fine?
        A: (Totally fine, I speak both.|Claro, go ahead.) Debit card, please.
        C: {CARD_NUMBER: $card}.
        A: Bueno. And the three at the back?
        C: {CARD_CVV: $cvv}.
        A: Perfecto. A phone for the delivery guy?
        C: {PHONE: $phone_us}.
        A: Your groceries come $day between $time and noon, total $dollars.
        """,
        digits="es",
    ),
)
