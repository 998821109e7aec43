"""Calls written by somebody who had not seen the rules: errands and logins. Names, numbers and places are invented."""

from .script import Script

BLIND_LIFE = (
    Script(
        "e19_broadband_account",
        """
        A: Broadband support. Could I pull you up by your account number?
        C: Sure, {ACCOUNT: B B, four four two oh, nine one six}.
        A: And to get past security, what was your first pet called?
        C: {SECURITY_ANSWER: Marmalade}.
        A: Aw. Okay, I'm going to log in to your hub. What's the address that starts with one seven two?
        C: {IP: One seven two dot sixteen dot zero dot two five four}.
        A: And the admin password on the sticker?
        C: {PASSWORD: Capital H, seven, j, k, two, two, hash, n}.
        A: {PASSWORD: Hash n}, or {PASSWORD: h n}?
        C -100: {PASSWORD: Hash}, the symbol.
        A: Brilliant. Channel six was crowded, you'll get sixty seven megabits on forty four.
        """,
        agent="hugo",
        customer="otis",
    ),
    Script(
        "e20_state_pension",
        """
        A: Pension service, good morning. I'll need your National Insurance number to begin.
        C: {NINO: P X, eighty one, forty six, oh two, C}.
        A: {NINO: C for Charlie}?
        C: Yes dear.
        A: And you'd have been born in, what, nineteen fifty something?
        C: {DOB: Fifty nine. The twelfth of March, fifty nine}.
        A: Have you moved since you last wrote to us?
        C: Yes, I'm at my daughter's. {ADDRESS: Seven Harbour View, Portmorran}.
        A: Postcode for that one?
        C: {POSTCODE: T R eleven, three D Q}.
        A: And her name, so we can speak to her?
        C: {PERSON: Rosamund Keast}.
        A: Your payment goes up by eight pounds fifty a week from the sixth.
        """,
        agent="lucy",
        customer="bert",
        noise_dbfs=-51.0,
    ),
    Script(
        "e21_wire_abroad",
        """
        A: Premier banking, {PERSON: Crispin} here. How may I assist?
        C: I must pay a builder in France, nine hundred and fifty euros.
        A: Certainly. Could you let me have their I B A N?
        C: {IBAN: F R fourteen, two oh oh four, one oh one oh, oh five oh five, oh oh oh one, three M oh two,
           six oh six}.
        A: And it's payable to whom?
        C: {PERSON: Thibault Lacroix}.
        A: I've pinged a code to your phone. Once it buzzes, read it out.
        C 1300: {OTP: Seven nought four, two six one}.
        A: Thank you. And a number for him, in case the bank has a query?
        C: {PHONE: Plus thirty three, six, thirty nine, ninety eight, twelve, forty one}.
        A: It should land by Tuesday, and the charge is nine pounds.
        """,
        agent="ravi",
        customer="nell",
    ),
    Script(
        "e22_locked_online_bank",
        """
        C: I've locked myself out of the app, it's driving me mad.
        A: Let's sort that. User I D?
        C: {USERNAME: silver birch twelve}.
        A: And the first and fourth digits of your telephone pin?
        C: {PIN: Seven, and, three}.
        A: Lovely. Where did you meet your partner?
        C: {SECURITY_ANSWER: Skegness pier}.
        A: That's what I've got. Now choose a fresh four digit pin.
        C: {PIN: Two six eight one}. Hmm, actually make that {PIN: two six nine one}.
        A: Done. And do you remember your old password?
        C: It was {PASSWORD: Gladiator nineteen}, I think.
        A: Great, you'll be asked to change it within twenty four hours.
        """,
        agent="gwen",
        customer="hugo",
    ),
    Script(
        "e23_health_plan_us",
        """
        A: Member services, this call may be recorded. What's the subscriber number?
        C: {MEMBER_ID: W, eight zero three, five five one, two nine, zero one}.
        A: Are you the policyholder?
        C: No, it's my husband, {PERSON: Garrison Pell}.
        A: Last four of his social?
        C: {SSN: Eight one four four}.
        A: And his date of birth?
        C: {DOB: July fourth, seventy seven}.
        A: Thank you. What did the doctor send him for?
        C: An M R I. They think it's {MEDICAL: multiple sclerosis}, and he also takes {MEDICAL: insulin}.
        A: I understand. Imaging is covered at eighty percent after a five hundred dollar deductible.
        """,
        agent="dana",
        customer="gwen",
        noise_dbfs=-48.0,
    ),
    Script(
        "e24_visa_centre",
        """
        A: Visa application centre. Could I have your travel document number?
        C: {PASSPORT: N, two eight double oh, five one six}.
        A: Sorry, you're breaking up. Once more?
        C: {PASSPORT: November, two, eight, zero, zero, five, one, six}.
        A: And the name exactly as printed?
        C: Surname {PERSON: Venkataraman}, given name {PERSON: Prakash}.
        A: Born?
        C: {DOB: Twenty first September, nineteen seventy nine}.
        A: Best email for the appointment letter?
        C: {EMAIL: prakash dot v, seventy nine, at rediff mail dot com}.
        A: You're booked for counter eight at eleven fifteen. Bring two photos, thirty five by forty five.
        """,
        agent="nell",
        customer="ravi",
        noise_dbfs=-43.0,
    ),
    Script(
        "e25_ferry_mono",
        """
        A: Ferries, what can I help with?
        C: I'm on the Thursday crossing and I want to add a roof box.
        A: What's your booking?
        C: {BOOKING_REF: six F, Q Q, three R}.
        A: And is it still the same vehicle?
        C: No, new car. It's {PLATE: B D seven four, M Z U}.
        A: That's eighteen pounds more. How would you like to pay?
        C: American Express, {CARD_NUMBER: three seven one four, four nine six three five three, nine eight four
           three one}.
        A: Valid till?
        C: {CARD_EXPIRY: Oh one, thirty two}.
        A: And the four on the front?
        C: {CARD_CVV: Six six oh nine}.
        A: Be there forty five minutes before we sail, at lane fourteen.
        """,
        agent="hugo",
        customer="gwen",
        mono=True,
        noise_dbfs=-46.0,
    ),
)
