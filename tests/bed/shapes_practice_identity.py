"""Practice calls in which people prove who they are."""

from __future__ import annotations

from .shape import Shape

IDENTITY = (
    Shape(
        "h11_benefits",
        """
        A: County assistance. This call may be monitored.
        C: I'm checking on my food card, it's been $weeks.
        A: Go ahead with your full social for me.
        C: {SSN: $ssn}.
        A: So that was {SSN: $ssn}?
        C -200: (Yes ma'am.|That's the one.)
        A: And where do you get your mail?
        C: {ADDRESS: $address_us}.
        A: Zip?
        C: {POSTCODE: $zip}.
        A: And a number where you can be reached in the daytime.
        C: {PHONE: $phone_us}.
        A: You'll get $dollars on $date.
        """,
    ),
    Shape(
        "h12_credit_bureau",
        """
        A: Credit file support. How do you spell your surname?
        C: {PERSON: $name.spelled}.
        A: I can pull it up with your social, three then two then four.
        C: {SSN: $ssn.g1}.
        A -250: (Okay.|Yup.)
        C 250: {SSN: $ssn.g2}.
        A 150: And?
        C 250: {SSN: $ssn.g3}.
        A: Driver's license, what's printed top right?
        C: {LICENCE: $licence_us}.
        A: Month, day and year you were born?
        C: {DOB: $dob.digits}.
        A: Your score moved $some points since $month.
        """,
    ),
    Shape(
        "h13_kyc_call",
        """
        A: Very good morning, I am calling for your video K Y C, it will take $minutes.
        C: Yes yes, tell me.
        A: Your twelve digit Aadhaar, sir?
        C: {AADHAAR: $aadhaar}.
        A: I am repeating, {AADHAAR: $aadhaar}. Correct?
        C: (Correct.|Hundred percent.)
        A: Now the permanent account number from income tax.
        C: {PAN: $pan}.
        A: So {PAN: $pan}, got it. Name as on the card?
        C: {PERSON: $name}.
        A: Your limit will be $rupees from $day onwards.
        """,
        land="in",
    ),
    Shape(
        "h14_gas_subsidy",
        """
        A: Gas agency. Cylinder is not delivered, isn't it?
        C: Not delivered, and subsidy also not coming, two ninety rupees every time.
        A: Then Aadhaar seeding we have to check. First four tell.
        C: {AADHAAR: $aadhaar.g1}.
        A: Hmm, next?
        C: {AADHAAR: $aadhaar.g2}, {AADHAAR: $aadhaar.g3}.
        A: Delivery address is same?
        C: {ADDRESS: $address_in}.
        A: Area pin code?
        C: {POSTCODE: $pincode}.
        A: And any U P I for the refund?
        C: {UPI: $upi}.
        A: Ok, cylinder will reach in $few days, lorry comes after $time.
        """,
        land="in",
    ),
    Shape(
        "h15_sim_swap",
        """
        A: Telecom care, which number is to be moved to the new SIM?
        C: {PHONE: $phone_in}.
        A: Madam, verification is pending. Aadhaar number boliye, please.
        C: {AADHAAR: $aadhaar}.
        A: Thank you. Message has come with some digits, what is it showing?
        C: {OTP: $otp_four}.
        A: And the last four of Aadhaar once again?
        C: {AADHAAR: $aadhaar.last4}.
        A: Network will go for $minutes, and the plan is $rupees for $some days.
        """,
        land="in",
        digits="hi",
    ),
    Shape(
        "h16_passport_office",
        """
        A: Passport enquiries. Have you got your old document to hand?
        C: I have. The number along the top is {PASSPORT: $passport_uk}.
        A: {PASSPORT: $passport_uk}, fine. Who is the holder?
        C: My husband, {PERSON: $name}.
        A: When did he come into the world?
        C: (Ooh, now you're asking,|Bless him,) {DOB: $dob}.
        A: And his N I, as it's on the payslip?
        C: {NINO: $nino}.
        A: It's $pounds for fast track, and the slot is $time on $date.
        """,
        land="uk",
    ),
    Shape(
        "h17_jobcentre",
        """
        A: Hello, claims line. You'll have a National Insurance letter, what's it say?
        C: {NINO: $nino}.
        A: Give me that in phonetics, it's crackly.
        C: Sure. {NINO: $nino.nato}.
        A: Perfect. Still living at the same place?
        C: I've moved. {ADDRESS: $address_uk.street}, in {ADDRESS: $address_uk.town}.
        A: Code for the post?
        C: {POSTCODE: $postcode}.
        A: You're due $pounds, after $few waiting days.
        """,
        land="uk",
    ),
    Shape(
        "h18_car_hire",
        """
        A: Wheels and Deals, g'day. You're after the little hatch for $few days?
        C: Yeah, picking it up at $time.
        A: Whose licence will it be on, and what's the number?
        C: It's mine, {LICENCE: $licence_au}.
        A: Beauty. Are you over twenty five? I'll need the birthday.
        C: {DOB: $dob}.
        A: There's a bond of $dollars, so let's have a credit card.
        C: {CARD_NUMBER: $card.slow}.
        A: And what's in the white strip?
        C: {CARD_CVV: $cvv}.
        A: No worries. The plate on your car is {PLATE: $plate_au}, in bay $some.
        """,
        land="au",
    ),
    Shape(
        "h32_student_loan",
        """
        A: Loan servicing, are you the borrower?
        C: I'm the mom, but she's right here.
        A: Okay. I'm going to need her nine digit tax id number, the federal one.
        C: (Sweetie, what is it? Okay,|I have it written down.) {SSN: $ssn}.
        A: Thank you. Email on the account?
        C: {EMAIL: $email.spelled}.
        A: And a password you want for the portal?
        C: {PASSWORD: $password}.
        A: The rate is $percent over $years, and the first one of $dollars is due $date.
        """,
    ),
    Shape(
        "h33_ration_mobile",
        """
        A: Hello, ration helpline. Biometric is failing, no? Tell your U I D A I number.
        C: {AADHAAR: $aadhaar.first} (and|then) {AADHAAR: $aadhaar.rest}.
        A: One message I have sent on mobile, read it.
        C: {OTP: $otp_pairs}.
        A: Who is the head of family?
        C: {PERSON: $name}.
        A: Five kilos rice and $few packets of dal you can collect from $day.
        """,
        land="in",
        mono=True,
    ),
)
