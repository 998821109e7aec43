"""Calls of the third practice set about bank accounts and transfers."""

from __future__ import annotations

from .shape import Shape

BANK = (
    Shape(
        "k12_direct_debit",
        """
        A: We can set that up as a monthly direct debit of $fee_pounds. I'd need the sort code and account, please.
        C: The sort is {SORT_CODE: $sort}, and then {ACCOUNT: $account_uk}.
        A: And is it you who holds that account?
        C: It's under {PERSON: $someone}, that's my partner.
        A: And could you spell that surname?
        C: {PERSON: $someone.spelled}.
        A: The first payment is taken on $date, and you can cancel within $some days.
        """,
        land="uk",
    ),
    Shape(
        "k13_wage_deposit",
        """
        A: Human resources. You want your paycheck to go to a different bank, is that right?
        C: Exactly. The nine digit routing is {ROUTING: $routing}.
        A: Mm hmm, and where it lands?
        C: Checking, {ACCOUNT: $account_us}.
        A: I'm reading back {ACCOUNT: $account_us}.
        C -200: (Yep.|Correct.)
        A: Payroll makes me match it to a social.
        C: Okay, {SSN: $ssn}.
        A: It takes effect with the check of $date, which is $some hours at $dollars.
        """,
    ),
    Shape(
        "k14_rent_deposit",
        """
        A: Shamrock Lettings. The deposit of $euros is ready to go back to you. Have you the I BAN?
        C: I do. {IBAN: $iban}.
        A: That's a long one. Say the end of it for me again.
        C: {IBAN: $iban.last4}.
        A: And the Eircode of the place you're in now?
        C: {POSTCODE: $eircode}.
        A: Which house would that be?
        C: {ADDRESS: $place_ie}.
        A: You should have it in $few days. We kept $euros2 for the blind.
        """,
        land="uk",
    ),
    Shape(
        "k15_cashback_upi",
        """
        A: Hello sir, your cashback of $rupees failed on $date. Please say the virtual payment address.
        C: It's {UPI: $upi}.
        A: I am noting {UPI: $upi}, is it?
        C: Ya ya.
        A: And which mobile is linked with the bank?
        C: {PHONE: $phone_in}.
        A: I've triggered an O T P to that. May I have it?
        C: {OTP: $otp_pairs}.
        A: Thank you so much. Please check after $minutes.
        """,
        land="in",
    ),
    Shape(
        "k16_wire_abroad",
        """
        A: International transfers. Where is the money headed?
        C: To my sister in Utrecht, $pounds in total.
        A: We'd send it by I BAN. Take your time, it's a mouthful.
        C: {IBAN: $iban.first}.
        A 150: Yep.
        C 200: {IBAN: $iban.rest}.
        A: Super. And the money leaves which of your accounts?
        C: The savings one, {ACCOUNT: $account_uk}.
        A: For a sum this size I have to ask your telephone banking number, the four figure one.
        C: Is that really necessary?
        A: Above a thousand it is, I'm afraid.
        C: If you say so. {PIN: $pin}.
        A: It'll be there by $time on $day, less a fee of $fee_pounds.
        """,
        land="uk",
    ),
    Shape(
        "k17_mortgage_switch",
        """
        A: Right, to look you up I'll want your name, date of birth and postcode.
        C: {PERSON: $someone}, {DOB: $dob}, {POSTCODE: $postcode}.
        A: Lovely. And what's your sort code with the old bank?
        C: {SORT_CODE: $sort}.
        A: I read that as {SORT_CODE: $sort}. Account?
        C: {ACCOUNT: $account_uk}.
        A: On $thousands pounds over $years you would pay $percent.
        """,
        land="uk",
        mono=True,
    ),
    Shape(
        "k18_credit_union",
        """
        A: Prairie Credit Union, I can open that savings account while you're on the line.
        C: Great. What all do you need?
        A: Social first.
        C: {SSN: $ssn.g1}, [400] {SSN: $ssn.g2}, [400] {SSN: $ssn.g3}.
        A: Driver's license?
        C: {LICENCE: $licence_us}.
        A: And to fund it, the routing at the bottom of a check from your old place.
        C: {ROUTING: $routing}.
        A: Finally make up a four digit pin for the phone line.
        C: Let's do {PIN: $pin}.
        A: You're a member now. It earns $percent, with a minimum of twenty five dollars.
        """,
    ),
    Shape(
        "k19_pension_refund",
        """
        A: Sorry to have kept you so long. The refund is $pounds and we owe you an apology.
        C: I should think so, it's been $weeks.
        A: Where's it to be paid, please?
        C: Same building society, sort code {SORT_CODE: $sort}, account {ACCOUNT: $account_uk}.
        A: And your N I so that it goes against the right year?
        C: {NINO: $nino}.
        A: Is that B for bravo or D for delta at the end? Could you do it once more?
        C: {NINO: $nino.nato}.
        A: Bless you. You'll have a letter by $date.
        """,
        land="uk",
    ),
    Shape(
        "k20_farm_loan",
        """
        A: Grameen Sahakari Bank. For the tractor loan of $rupees I am starting K Y C.
        C: Yes sir, papers are in hand.
        A: Aadhaar card is with you? Read slowly.
        C: {AADHAAR: $aadhaar.g1}.
        A 100: (Haan.|Ok.)
        C 200: {AADHAAR: $aadhaar.g2}.
        A 100: Next.
        C 200: {AADHAAR: $aadhaar.g3}.
        A: Passbook number also.
        C: {ACCOUNT: $account_in}.
        A: Income tax PAN you are having?
        C: Yes, {PAN: $pan}.
        A: Rate is $percent, and $some instalments.
        """,
        land="in",
        digits="hi",
    ),
    Shape(
        "k21_tax_preparer",
        """
        A: Hi, it's the tax office on Main. I'm finishing your return and missing a couple of things.
        C: Shoot.
        A: Your husband's social, I only have yours.
        C: His is {SSN: $ssn}.
        A: So {SSN: $ssn}, thank you. And do you want the $dollars mailed or deposited?
        C: Deposited, please. Routing {ROUTING: $routing}, account {ACCOUNT: $account_us}.
        A: The I R S also gave you a five or six digit identity pin, what does the letter say?
        C: {PIN: $pin_six}.
        A: Super. It should show up in $weeks.
        """,
    ),
)
