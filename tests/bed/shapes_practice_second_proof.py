"""Calls of the second practice set in which people prove who they are."""

from __future__ import annotations

from .shape import Shape

PROOF = (
    Shape(
        "s06_mortgage",
        """
        A: Thanks for calling Homestead Lending, this is {PERSON: $name2.first}. Who am I speaking with?
        C: Hi, this is {PERSON: $name}. I'm applying for a home loan.
        A: Pleased to talk to you, {PERSON: $name.first}. Let's pull your credit. What's your social security number?
        C: My social is {SSN: $ssn.g1}, um, [500] {SSN: $ssn.g2}, {SSN: $ssn.g3}.
        A: What's your date of birth, {PERSON: $name.first}?
        C: {DOB: $dob}.
        A: Where should we pull the down payment from?
        C: From my checking account, {ACCOUNT: $account_us}.
        A: And the routing number for that bank?
        C: Let me find it. {ROUTING: $routing}.
        A: Okay. On a house at $thousands dollars you'd pay $percent over thirty years.
        """,
    ),
    Shape(
        "s07_crypto",
        """
        A: Coinharbor support, how can I help you today?
        C: I can't log in. My username is {USERNAME: $username}.
        A: Let's verify you. What's the six digit code in your authenticator app?
        C: It changes in a second. Okay, {OTP: $otp}.
        A: Sorry, that one didn't work. Can you give me the next one?
        C: Sure. {OTP: $otp2}.
        A: That worked. I see a login from the I P address {IP: $ip}. Was that you?
        C: No, that wasn't me.
        A: Then let's change your password. What would you like it to be?
        C: Make it {PASSWORD: $password}.
        A: Your new password is {PASSWORD: $password}. The hold lifts in $some hours.
        """,
    ),
    Shape(
        "s08_payroll",
        """
        A: Payroll, good morning.
        C: Good morning, I've just started in the warehouse and I wasn't paid on $day.
        A: Oh dear, let's sort that. What's your full name?
        C: {PERSON: $name}.
        A: And your National Insurance number?
        C: {NINO: $nino}.
        A: I've nothing in the bank details box. What's your sort code, please?
        C: {SORT_CODE: $sort}.
        A: And the account number?
        C: {ACCOUNT: $account_uk}. It's a joint account.
        A: Finally, your date of birth for the pension.
        C: {DOB: $dob}.
        A: You worked $some hours, so that's $pounds before tax.
        """,
        land="uk",
    ),
    Shape(
        "s09_alarm",
        """
        A: Sentry Alarms, we have an alarm at your property. Who is this?
        C: It's {PERSON: $name}, I set it off by accident.
        A: What's the password on the account?
        C: {PASSWORD: $password.word}.
        A: Thank you. And what's the address of the property?
        C: {ADDRESS: $address_us}.
        A: Okay. Please enter your four digit code on the panel, and tell me what it is.
        C: The code is {PIN: $pin}.
        A: I show it as clear. Do you want to change that pin while I have you?
        C: Yes, change it to {PIN: $pin2}, please.
        A: Done. Zones $few and three are back on, and the battery is at $some percent.
        """,
    ),
    Shape(
        "s10_onboarding",
        """
        A: Welcome aboard. I have $some minutes of paperwork for you. Tax form first. Social security number?
        C: It's {SSN: $ssn}.
        A: Let me repeat that. {SSN: $ssn}.
        C: That's correct.
        A: For direct deposit I need a routing number and an account number.
        C: Routing is {ROUTING: $routing}, and the account number is {ACCOUNT: $account_us}.
        A: Thanks. What email should we send the handbook to?
        C: {EMAIL: $email}.
        A: You'll start at $dollars an hour with $few paid holidays.
        """,
    ),
    Shape(
        "s11_life_policy",
        """
        A: Good evening sir, calling from Bharat Life. Your policy is maturing on $date.
        C: Yes, I was waiting for that. What do you need?
        A: First, your PAN number, sir.
        C: {PAN: $pan}.
        A: Next, please confirm the Aadhaar number.
        C: My Aadhaar number is {AADHAAR: $aadhaar}.
        A: We can pay by U P I. What is your U P I I D?
        C: {UPI: $upi}.
        A: And date of birth as per the policy?
        C: {DOB: $dob}.
        A: Perfect sir, $rupees will come within $few days.
        """,
        land="in",
    ),
    Shape(
        "s12_pension",
        """
        A: Hello, Beacon Pensions. I'll just take you through security. What's your mother's maiden name?
        C: {SECURITY_ANSWER: $maiden}.
        A: And the name of your first school?
        C: That was {SECURITY_ANSWER: $school}.
        A: Thank you. I'll also need your National Insurance number.
        C: Yes, it's {NINO: $nino}.
        A: Where would you like the lump sum paid?
        C: Into my account abroad, here's the I BAN. {IBAN: $iban}.
        A: And for the monthly part, a U K sort code?
        C: {SORT_CODE: $sort}.
        A: So that's $pounds a month from $month, going up by $percent a year.
        """,
        land="uk",
    ),
    Shape(
        "s13_game_console",
        """
        A: Player support, what's going on?
        C: My son got locked out of his games. His gamer tag is {USERNAME: $username}.
        A: I can help with that. What's the email on the account?
        C: {EMAIL: $email}.
        A: I've emailed a verification code there, what is it?
        C: Just got it. {OTP: $otp}.
        A: And his security question. What's the name of your first pet?
        C: {SECURITY_ANSWER: $pet}.
        A: Okay. Your temporary password is {PASSWORD: $password}.
        C: {PASSWORD: $password}, got it. Do his $many trophies stay?
        A: They do, and so do the $few free months.
        """,
    ),
)
