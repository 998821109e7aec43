"""Practice calls with keypad entry and spoken codes."""

from __future__ import annotations

from .shape import Shape

KEYS = (
    Shape(
        "h08_ivr_bill",
        """
        A: Welcome to Northline billing. Your balance is $dollars. Using your telephone keypad,
           enter the sixteen digits, then pound.
        C 900: {CARD_NUMBER# $card.keys#}
        A: Now the expiration, two digits for the month and two for the year.
        C 800: {CARD_EXPIRY# $expiry.keys}
        A: Finally, the security digits from the reverse.
        C 800: {CARD_CVV# $cvv.keys#}
        A: Thank you. Press $option to hear that again, or hang up.
        C: (Did it work?|Hello, anyone there?)
        """,
    ),
    Shape(
        "h09_ivr_bank",
        """
        A: You've reached Castlegate telephone banking. Key in your eight digit account, followed by hash.
        C 1000: {ACCOUNT# $account_uk.keys#}
        A: And your telephone pin, on the keypad please.
        C 900: {PIN# $pin.keys}
        A: Sorry, that timed out. Once more?
        C 700: {PIN# $pin.keys}
        A: For balances say balances, or press $option. You have $few new messages.
        C: Balances.
        A: Your balance is $pounds, as of $time today.
        """,
        land="uk",
    ),
    Shape(
        "h10_ivr_callback",
        """
        A: All our people are busy, the wait is about $minutes.
           Type a contact number and we will ring you, then the star key.
        C 1000: {PHONE# $phone_au.keys*}
        A: And your four digit customer pin, so we know who's calling.
        C 900: {PIN# $pin.keys}
        A: You're number $few in the queue.
        C 400: (Um, hello? Should I say it instead?|Is anybody listening?) It's {PHONE: $phone_au}.
        A 3600: Hi there, sorry about the music. I've got you now, what's up?
        C: The dishwasher you fixed on $day is leaking again.
        """,
        land="au",
        hold=True,
    ),
    Shape(
        "h23_bank_fraud",
        """
        A: Fraud team. We stopped $dollars at a gas station, was that yours?
        C: No way. (What do we do?|Oh my gosh.)
        A: I've just texted you six numbers. What do you see?
        C: {OTP: $otp}.
        A: {OTP: $otp}, matches. And your backup question, what did you call your first pet?
        C: {SECURITY_ANSWER: $pet}.
        A: Pick a fresh four digit code for the new card.
        C: (Let's go with|How about) {PIN: $pin}.
        A: Done. Refunds post to the account with routing {ROUTING: $routing}, in $few days.
        """,
    ),
    Shape(
        "h24_telephone_bank",
        """
        A: Before we begin, I'll put you through a couple of checks. Mother's name before she married?
        C: {SECURITY_ANSWER: $maiden}.
        A: Super. Sort code of the branch?
        C: {SORT_CODE: $sort}.
        A: What's the pass number you picked for phone banking, the four figure one?
        C: {PIN: $pin}.
        A: And I've pinged a code across to your app, read that out.
        C: (One tick.|It's loading.) {OTP: $otp_pairs}.
        A: You're in. The standing order for $pounds goes out on $date.
        """,
        land="uk",
    ),
    Shape(
        "h19_wallet",
        """
        A: Paykaro wallet support, good afternoon. Tell me your issue.
        C: Money is stuck, $rupees. I sent it from {UPI: $upi}.
        A: Kindly tell the receiving U P I handle also.
        C: {UPI: $upi2}.
        A: You will have got an O T P just now, share the one starting on your screen.
        C: (Ok, one second.|Yes, it came.) {OTP: $otp}.
        A: And U P I pin you are entering is how many digits?
        C: Four only, {PIN: $pin}.
        A: Sir, never tell that to anybody. For the file, PAN card number?
        C: {PAN: $pan}.
        A: Amount will reverse in $few working days.
        """,
        land="in",
    ),
    Shape(
        "h31_gym_door",
        """
        A: Ironworks, which club are you locked out of?
        C: The one by the canal. The door pad hates me.
        A: Let me set another. Membership, what's yours?
        C: {MEMBER_ID: $member}.
        A: And which four digits would you like for the door?
        C: (Make it|Let me think,) {PIN: $pin}.
        A: Right, {PIN: $pin} from $time onwards. To confirm it's you, what did the text we sent say?
        C: {OTP: $otp_four}.
        A: Ace. The spin class at $time has $some bikes.
        """,
        land="au",
    ),
)
