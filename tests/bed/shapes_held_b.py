"""Held-out calls about money: banks, transfers, funds, cards, pensions."""

from __future__ import annotations

from .shape import Shape

MONEY = (
    Shape(
        "v11_closing_old_account",
        """
        A: Marlow Building Society, {PERSON: $name.first} speaking, bear with my computer, it's just restarted.
        C: No rush. My mum passed her savings over to me and I'd like to close the old account, there's hardly
        anything left in it.
        A: I'm sure we can sort that. Have you got the passbook with you?
        C: I have. The long one is {ACCOUNT: $account_uk}.
        A: And above it, the six digits with dashes?
        C: {SORT_CODE: $sort}.
        A: Thanks. Years ago somebody picked a question for this account, it wants to know where your parents had
        their honeymoon.
        C: Oh goodness. That would be {SECURITY_ANSWER: $honeymoon}.
        A: It would indeed. So the balance with interest comes to $pounds.
        C: That's more than I expected. What was the rate on it?
        A: It was $percent at the start and then fell every other year.
        C: Typical. Could it go into my current account with yourselves, the one ending {ACCOUNT: $account_uk2.last4}?
        A: Yes, it'll be there on $day, and I'll post a closing statement for the tax people.
        C: Smashing, thank you ever so much.
        """,
        land="uk",
    ),
    Shape(
        "v12_payroll_switch",
        """
        A: Payroll services, you've got {PERSON: $name.first}.
        C: Hi, I work nights at the distribution center and I changed banks, so my check needs to go to the new place.
        A: Gotcha. There's a cutoff on $day at noon, so we're good. I pull folks up by the tail end of the social.
        C: {SSN: $ssn.last4}.
        A: Okay, there's two of those, what's the rest of it?
        C: Whole thing is {SSN: $ssn}.
        A: Found you. Now the new bank, bottom left of a check there's nine numbers.
        C: Okay so {ROUTING: $routing}.
        A: I heard {ROUTING: $routing}.
        C: Yes ma'am. And then my account is {ACCOUNT: $account_us}.
        A: Checking or savings?
        C: Checking. Is the overtime on this one? I did $some hours the week of the inventory.
        A: It is, time and a half, so the gross should be close to $dollars.
        C: Nice. And the uniform deduction, does that ever end?
        A: Two more pay periods, then it drops off.
        """,
    ),
    Shape(
        "v13_money_abroad",
        """
        A: Currency Bridge dealing room, all calls are recorded, good afternoon.
        C: Afternoon. I'm buying a little flat by the sea and the notary wants the deposit by $date.
        A: How exciting. How much are we sending, and do you want to fix the rate now?
        C: $euros for now, the rest follows in the spring. What's it at?
        A: It's moved in your favour, about $percent better than last week. Who's receiving it?
        C: It's the notary's client account, I'll read what she wrote. {IBAN: $iban.first}
        A -200: Okay, carry on.
        C: {IBAN: $iban.rest}.
        A: Let me make sure of that. {IBAN: $iban}.
        C: That's exactly what it says here.
        A: Your phone should have buzzed, there'll be something I need you to read out.
        C: It has. It says do not share, but I suppose that's you? {OTP: $otp}.
        A: It is, and thank you for being careful. The funds should arrive within $few working days.
        C: And your fee comes out of my side?
        A: There's a flat $fee_pounds, nothing at the other end. Enjoy the sea view.
        """,
        land="uk",
    ),
    Shape(
        "v14_pension_forecast",
        """
        A: Workplace Pensions, {PERSON: $name.first} speaking.
        C: Hello love. I had a letter about a forecast and I can't make head nor tail of it, it's four pages.
        A: They're not the clearest, are they? I'll walk you through. May I take the number on your payslips, two
        letters first?
        C: My national insurance, is that the one? {NINO: $nino}.
        A: That's the one. And when's your birthday, with the year?
        C: {DOB: $dob}.
        A: Smashing. Have you stayed put since this letter went out?
        C: We moved, we're at {ADDRESS: $place_uk.street} these days, in a bungalow.
        A: Oh, then I'll amend that. Right, so page two, the figure in bold is what you'd get each month, $pounds.
        C: Before tax?
        A: Before tax, yes. If you wait until $month, it goes up by $percent.
        C: And the lump sum, can I have part of it for the kitchen?
        A: Up to a quarter, tax free. I can send you the leaflet, it's only two sides.
        C: Big print if there is one, please.
        """,
        land="uk",
    ),
    Shape(
        "v15_credit_union_truck",
        """
        A: Prairie Credit Union loans, this is {PERSON: $name.first}.
        C: Morning. I'm calling 'cause I want to pay off my truck early and I need the, whatchamacallit, the payoff
        figure.
        A: The ten day payoff, sure thing. I'll need your social to open the loan.
        C: Ready? {SSN: $ssn.g1}.
        A: Mm hmm.
        C: {SSN: $ssn.g2}, {SSN: $ssn.g3}.
        A: And you've got a spoken password on here.
        C: I do? Probably {PASSWORD: $passphrase.word}.
        A: Yup. Okay, as of today it's $dollars, and it goes up about two bucks a day.
        C: Shoot, I figured less. Can I wire it from my other bank?
        A: You can, our routing for loans is {ROUTING: $routing}.
        C: Let me find a pencil. Again?
        A: {ROUTING: $routing}. And put your name in the memo line.
        C: Will do. When does the title show up?
        A: The state mails it, generally within $weeks.
        C: Good deal. It's got $many thousand miles on it but she's mine.
        """,
    ),
    Shape(
        "v16_fund_folio",
        """
        A: Welcome to Suraksha Mutual Fund, {PERSON: $name.first} speaking, how may I assist?
        C: I want to increase my S I P from next month, presently it is $rupees.
        A: Very good decision, sir. The market is up by $percent this quarter. For K Y C may I have your PAN card?
        C: {PAN: $pan}.
        A: Thank you sir. It is showing Aadhaar not linked, so amount cannot be increased.
        C: But I had linked it in $pastyear, at your branch.
        A: Sometimes it does not get updated. Just tell me the twelve digits, I will do it now itself.
        C: Fine. {AADHAAR: $aadhaar}.
        A: So one code must have come from U I D A I.
        C: Not yet. Ah, came. {OTP: $otp_pairs}.
        A: Linking is successful. What is the new amount, and which date should we debit?
        C: Make it double, on the seventh.
        A: Noted sir. First debit on the new amount will be in $month, units will show after three days.
        C: And this exit load, is it still one percent?
        A: Only if you redeem before one year, otherwise nil.
        """,
        land="in",
    ),
    Shape(
        "v17_odd_charge",
        """
        A: Card protection, {PERSON: $name.first} speaking, are you calling about a charge?
        C: Yes! There's something for $dollars from a sneaker store two states away. I don't even own sneakers.
        A: Let's take care of it. Read me the card it's on?
        C: {CARD_NUMBER: $card}. And, uh, my pin is {PIN: $pin} if you need that.
        A: Oh, I don't need that, please never give that to anyone, even us.
        C: Sorry. My son told me the same thing.
        A: He's right. Now, I texted you a passcode, can you see it?
        C: I got to put my glasses on. {OTP: $otp_pairs}.
        A: Thank you. Going down the list, did you buy gas on $day for forty one fifty?
        C: I did, yes, on the way to the lake.
        A: And groceries for $dollars2?
        C: That's me too. Only the shoes aren't mine.
        A: Then I'm canceling this one, a replacement comes in $few business days, and the charge is reversed.
        C: I was just about to pay my light bill with it.
        A: You can use the virtual one in the app in about $minutes.
        """,
    ),
    Shape(
        "v18_upi_stuck",
        """
        A: PaySetu customer care, {PERSON: $name.first} here.
        C: Madam, I paid the grocery shop $rupees, money is gone from bank but shopkeeper is saying not received.
        A: I understand, it must be pending. From which id did you pay?
        C: From {UPI: $upi}.
        A: And the shop's id you can see in the history?
        C: Yes, it is {UPI: $upi2}. See, and I even entered my pin properly, {PIN: $pin_six}.
        A: Sir, that you must not tell us. Please change it today.
        C: Okay okay, by mistake I told.
        A: It is all right. I can see the transaction was done at $time and it has timed out.
        C: So whose mistake is it?
        A: It is between both banks, sir. Automatically it will be reversed within $few days.
        C: Last time in Diwali also same thing happened, then it took two weeks.
        A: This time I have marked it urgent, and you will get one S M S.
        C: Till then I should pay the shopkeeper in cash, is it?
        A: You can wait also, if he is known to you.
        """,
        land="in",
        mono=True,
    ),
    Shape(
        "v19_home_loan_rate",
        """
        A: Southern Cross Home Loans, you're speaking with {PERSON: $name.first}.
        C: Hi, our fixed term ends in $month and the new rate in your letter made me choke on my toast.
        A: I hear that a lot this week. Let's see what we can do. Loan number?
        C: {ACCOUNT: $account_au}.
        A: And for the ID check I do driver's licence and date of birth.
        C: Licence, hang on, it's in the car. Okay, {LICENCE: $licence_au}.
        A: Yep.
        C: And I was born {DOB: $dob}.
        A: That all lines up. So they've offered you $percent. I could take point four off if you stay for two years.
        C: Is there a fee for fixing it again?
        A: Two hundred normally, I'd waive it. Repayments would be around $dollars a fortnight.
        C: And if we throw a bit extra at it?
        A: Up to ten grand a year without penalty.
        C: Righto, let me run it past the missus and call you tomorrow.
        A: Sounds like a plan, the offer stands for $some days.
        """,
        land="au",
    ),
    Shape(
        "v20_card_menu",
        """
        A: You have reached Ridge National Bank. Using the keypad, tell us your card number, then press pound.
        C 1400: {CARD_NUMBER# $card.keys}
        A: Thanks. Next, the four digits you use at the cash machine.
        C 1100: {PIN# $pin.keys}
        A: One more thing. Please touch in the three numbers behind the card.
        C 900: {CARD_CVV# $cvv.keys}
        A: Connecting you with a specialist. Current wait is about $few minutes.
        A 2200: Hi, this is {PERSON: $name.first}, you're verified already, so what's going on?
        C: My card got declined at the hardware store, twice, with a line behind me. It was only $dollars.
        A: How embarrassing, I'm sorry. It looks like there was a hold because you'd bought something from overseas.
        C: Oh, the curtain rods. They shipped from somewhere in Asia, I think.
        A: That'd be it. I've lifted it, so you can go right back and try again.
        C: Is there a way to tell you guys ahead of time?
        A: Sure, there's a travel and shopping switch in the app under settings, third from the top.
        C: I never noticed that. Thanks a lot.
        """,
        hold=True,
    ),
)
