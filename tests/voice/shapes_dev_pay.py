"""Development calls about money: cards, codes, accounts. Invented throughout; not part of the test suite."""

from __future__ import annotations

from .script import Script

PAY = (
    Script(
        "d01_parking_fine",
        """
        A: City parking, this is {PERSON: Wendell} on a recorded line.
        C: Hello {PERSON: Wendell}, I got a ticket on Tuesday and I just want to get rid of it.
        A: I can take that now. It is thirty five dollars if you pay inside fourteen days.
        C: Yeah, let's do that.
        A: Alright, whenever you're ready, go ahead with the sixteen digits.
        C: Um, {CARD_NUMBER: four oh one two, eight eight eight eight, eight eight eight eight, one eight
           eight one}.
        A: And it's good through?
        C: Uh, {CARD_EXPIRY: ten, twenty seven}.
        A: Then the C V V for me?
        C: {CARD_CVV: four four nine}.
        A: That's all paid, you can throw the ticket away.
        """,
        agent="bert",
        customer="lucy",
    ),
    Script(
        "d02_gym_groups",
        """
        A: So to restart the membership I just need a form of payment from you.
        C: Okay, it's a Mastercard.
        A: Perfect, read it to me four at a time.
        C: {CARD_NUMBER: Five four five four}.
        A: Yep.
        C: {CARD_NUMBER: Five four five four}.
        A: Uh huh.
        C: {CARD_NUMBER: Five four five four}.
        A: Okay.
        C: and {CARD_NUMBER: five four five four}.
        A: Month and year it runs out?
        C: {CARD_EXPIRY: May of thirty one}.
        A: Flip it over for me, what are the three little numbers?
        C: {CARD_CVV: nine two oh}.
        A: You're set. It is twenty nine ninety nine a month, and the first two weeks are free.
        """,
        agent="lucy",
        customer="otis",
        noise_dbfs=-50.0,
    ),
    Script(
        "d03_pairs_read_back",
        """
        A: Can you give me your debit card details so I can put the deposit through?
        C: {CARD_NUMBER: Forty nine seventeen, sixty one hundred, triple zero zero, zero triple zero}.
        A: I'll say it back. {CARD_NUMBER: Four nine one seven, six one zero zero, and then eight zeros}?
        C: Correct.
        A: Valid until?
        C: It says {CARD_EXPIRY: zero two slash thirty}.
        A: And what's on the signature panel, the final three?
        C: {CARD_CVV: Zero one seven}.
        A: So {CARD_CVV: zero one seven}. The deposit is a hundred and twenty, and the rest is due on the
           fourth.
        """,
        agent="dana",
        customer="hugo",
    ),
    Script(
        "d04_amex_hotel",
        """
        A: Reservations, how may I be of service?
        C: I'd like to guarantee my room for late arrival, we land around eleven.
        A: Certainly. Could I trouble you for a card to hold it with?
        C: It's an Amex, {CARD_NUMBER: three seven eight seven, three four four nine three six, seven one
           oh oh oh}.
        A: Thank you. When does that card expire, please?
        C: {CARD_EXPIRY: September two thousand twenty eight}.
        A: And the security number? On yours it is four digits.
        C: Oh, let me see, {CARD_CVV: two two five eight}.
        A: That's room four twelve, three nights at one eighty nine. Breakfast is from six thirty to ten.
        C: Is there a gym?
        A: Yes, on level two, open twenty four hours.
        """,
        agent="gwen",
        customer="bert",
        mono=True,
    ),
    Script(
        "d05_stored_card_swap",
        """
        A: I see we still have a Visa finishing in {CARD_NUMBER: nine one three three}. Shall I bill that?
        C: No, that one's gone. Take this down instead.
        A: Okay, fire away.
        C: {CARD_NUMBER: Two two two three, triple oh oh, four eight four one, double oh one oh}.
        A: Hmm, it didn't take. Can you try once more for me?
        C: {CARD_NUMBER: Two two two three, zero zero zero zero, four eight four one, zero zero one zero}.
        A: Got it that time. What does it say under valid thru?
        C: {CARD_EXPIRY: Twelve twenty six}.
        A: And the verification code?
        C: Where is that? [800] Oh. {CARD_CVV: Five eight eight}.
        A: Lovely, that's forty seven fifty, and it renews next June.
        """,
        agent="nell",
        customer="gwen",
        noise_dbfs=-46.0,
    ),
    Script(
        "d06_keypad_menu",
        """
        A: For security I won't hear this bit. Please key in your card number now.
        C: {CARD_NUMBER# 6011000990139424}
        A: Thank you. Now the expiry, as four digits.
        C: {CARD_EXPIRY# 0930}
        A: And finally the three digit security code.
        C: {CARD_CVV# 815} okay, that's done.
        A: Brilliant. For a receipt by text, press one. Otherwise stay on the line.
        C: I'll stay, thanks.
        """,
        agent="dana",
        customer="ravi",
    ),
    Script(
        "d07_bank_login",
        """
        A: Good afternoon, telephone banking. What's your customer number?
        C: {USERNAME: three oh four, double nine, one seven}.
        A: Thanks. Can you give me your telephone passcode?
        C: {PIN: Nine four two seven}.
        A: And to finish, the name of the street you grew up on?
        C: {SECURITY_ANSWER: Primrose Terrace}.
        A: Great, you're verified. Your balance is one thousand and sixty pounds and four pence.
        C: And the last three payments?
        A: Twelve pounds to a coffee shop, fifty to a garage, and eight ninety nine for a film service.
        """,
        agent="ravi",
        customer="nell",
    ),
    Script(
        "d08_text_code",
        """
        A: I've just texted you a six digit number. Tell me when it gets there.
        C 1500: It's here. {OTP: Four zero six, seven seven two}.
        A: Hmm, that one has timed out. I'm sending another.
        C 1800: {OTP: One one nine, three five eight}.
        A: {OTP: One one nine, three five eight}, thank you. And what would you like the new pin to be?
        C: Let's make it {PIN: eight zero five one}.
        A: Okay, it takes about thirty minutes to update.
        """,
        agent="hugo",
        customer="lucy",
        noise_dbfs=-48.0,
    ),
    Script(
        "d09_payroll_us",
        """
        A: H R desk, you wanted to change where your pay goes?
        C: Yes, I opened an account with another bank.
        A: What is the nine digit routing code printed on your check?
        C: {ROUTING: One one oh, oh oh oh, oh two five}.
        A: And your new checking account?
        C: That's {ACCOUNT: eight eight three, two one zero, four four five seven}.
        A: Is it in your own name?
        C: It's me and my wife, {PERSON: Henrietta Lowell}.
        A: Alright, the change starts with the pay on the fifteenth, so give it two cycles.
        """,
        agent="gwen",
        customer="otis",
    ),
    Script(
        "d10_direct_debit_uk",
        """
        A: Shall we set up the direct debit? It saves you three pounds a month.
        C: Go on then.
        A: I need six digits first, usually on the front of the bank card, in twos.
        C: {SORT_CODE: Sixty, eighty three, seventy one}.
        A: Lovely, and the longer one beside it?
        C: {ACCOUNT: Double two five, nine oh one, six three}.
        A: And is that mister {PERSON: Cuthbert Finlay}?
        C: That's my dad, I'm {PERSON: Rory Finlay}.
        A: Right, {PERSON: Rory}. The first payment of twenty six forty leaves on the first of July.
        """,
        agent="lucy",
        customer="hugo",
    ),
    Script(
        "d11_transfer_iban",
        """
        A: You want to send money abroad, is that so?
        C: Yes, two hundred and fifty euros to my sister in Berlin.
        A: May I have her international account number?
        C: {IBAN: D E eight nine, three seven oh four, oh oh four four, oh five three two, oh one three oh,
           oh oh}.
        A: Thank you. And the beneficiary is called?
        C: {PERSON: Annelise Vogt}.
        A: It will be there in one to two business days, and the fee is four euros fifty.
        """,
        agent="dana",
        customer="bert",
    ),
    Script(
        "d12_upi_refund",
        """
        A: Namaste, customer care, my name is {PERSON: Anjali}.
        C: Hello madam, my recharge of two hundred ninety nine rupees failed but the money is gone.
        A: I am sorry for that. Which number did you recharge, sir?
        C: {PHONE: Nine eight one two, three four five, six seven oh}.
        A: And to which U P I handle should we return it?
        C: {UPI: s kulkarni at paytm}.
        A: Please confirm your permanent account number for the record.
        C: {PAN: B N Z P K, four one two seven, L}.
        A: Thank you. It is done in forty eight hours.
        """,
        agent="gwen",
        customer="ravi",
    ),
)
