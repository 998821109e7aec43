"""Calls of the third practice set about health, travel, cars and the home."""

from __future__ import annotations

from .shape import Shape

LIFE = (
    Shape(
        "k52_blood_test",
        """
        A: Riverside Surgery. Is it the results you're after?
        C: Yes, it's {PERSON: $someone}. The nurse said by $day.
        A: Could you give me the N H S number off your letter?
        C: {MEMBER_ID: $record}.
        A: And confirm when you were born for me.
        C: {DOB: $dob}.
        A: It's all fine, though with your {MEDICAL: $condition} she'd like another in $weeks.
        C: Should I carry on with the {MEDICAL: $medicine}?
        A: Yes, one at night. She has $time free on $date.
        """,
        land="uk",
    ),
    Shape(
        "k53_health_plan",
        """
        A: Evergreen Health, are you calling as a member?
        C: I am. It's on the card as {MEMBER_ID: $member}.
        A: I show {MEMBER_ID: $member}. Which drug was turned down?
        C: {MEDICAL: $medicine}, which I've been taking for my {MEDICAL: $condition}.
        A: I also need your social to file an appeal.
        C: Can you hold on? There's a kid at the door.
        A: (Sure thing.|Go right ahead.)
        C 2200: Okay, sorry about that. {SSN: $ssn}.
        A: Your deductible is $dollars and the appeal runs $some days.
        """,
    ),
    Shape(
        "k54_change_flight",
        """
        A: Emerald Air, you'd like to move a flight? I'll need the reference, it's six characters.
        C: {BOOKING_REF: $booking.nato}.
        A: Is it {BOOKING_REF: $booking}?
        C: It is, for two of us, back on $date.
        A: Surname of the lead traveller, and spell it?
        C: {PERSON: $someone.last}, {PERSON: $someone.spelled}.
        A: The passport you'll be flying on?
        C: {PASSPORT: $passport_uk}.
        A: The difference is $euros, $few hours on the ground, seat in row $some.
        C: Refund the old one to my I BAN, would you? {IBAN: $iban}.
        """,
        land="uk",
    ),
    Shape(
        "k55_tow_truck",
        """
        A: Roadside assist. Are you somewhere safe?
        C: On the shoulder, about $few miles past exit $some.
        A: What's the plate on the vehicle?
        C: {PLATE: $plate_us}.
        A: Membership number, if you have the app open?
        C: {MEMBER_ID: $policy}.
        A: And a call back number in case we drop.
        C: {PHONE: $phone_us.g1}, [400] {PHONE: $phone_us.g2}, {PHONE: $phone_us.g3}.
        A: He's $minutes out. The first $some2 miles are free, then it's $fee_dollars each.
        """,
    ),
    Shape(
        "k56_train_refund",
        """
        A: Rail bookings. I have a delay of $minutes on the $time service, is that yours?
        C: That's us. The booking's under {BOOKING_REF: $booking}.
        A: Thank you. And the email it was bought with?
        C: {EMAIL: $mail}.
        A: I can send $pounds to a bank. Sort code?
        C: {SORT_CODE: $sort}.
        A: Then the eight digits after it.
        C: {ACCOUNT: $account_uk}.
        A: Allow $some days. It was coach $few.
        """,
        land="uk",
    ),
    Shape(
        "k57_mediclaim",
        """
        A: Good evening, Suraksha Mediclaim. Policy number bolo ji.
        C: {MEMBER_ID: $policy}.
        A: For what was patient admitted?
        C: My father has {MEDICAL: $condition}. Doctor is giving {MEDICAL: $medicine}.
        A: Claim above one lakh needs PAN.
        C: {PAN: $pan}.
        A: And his Aadhaar, the last part is enough.
        C: {AADHAAR: $aadhaar.last4}.
        A: Where should $rupees go? Any U P I?
        C: {UPI: $upi}.
        A: It is settled in $some days, room rent limit is $rupees2.
        """,
        land="in",
    ),
    Shape(
        "k58_holiday_park",
        """
        A: Sandy Cove Holiday Park. Can you see a reference at the top of the confirmation?
        C: {BOOKING_REF: $booking}, for a powered site.
        A: Beautiful, $few nights. And the rego for the boom gate?
        C: The van's {PLATE: $plate_au}.
        A: We ask for a driver's licence at check in, or now if you have it.
        C: Got it here, {LICENCE: $licence_au}.
        A: What mobile will you be on?
        C: {PHONE: $phone_au}.
        A: Gate closes at $time, and it's $dollars on arrival.
        """,
        land="au",
    ),
    Shape(
        "k59_car_sale",
        """
        A: So you'd like a price for your hatchback. Pop the reg in for me, well, say it.
        C: {PLATE: $plate_uk}.
        A: {PLATE: $plate_uk}, $pastyear, and how many miles?
        C: $thousands, one owner.
        A: We could offer $pounds. Is there anyone else on the log book?
        C: {PERSON: $someone}, we share it.
        A: And we'd collect it from where exactly?
        C: {ADDRESS: $place_uk}, {POSTCODE: $postcode}.
        A: Somebody could come $date at $time, it needs $minutes.
        """,
        land="uk",
        mono=True,
    ),
    Shape(
        "k60_bus_pass",
        """
        A: Transport authority. The monthly pass is $rupees now, how you will pay?
        C: By phone. U P I is {UPI: $upi}.
        A: Tell your I D proof also. PAN or passport.
        C: PAN. {PAN: $pan}.
        A: Once more from the beginning?
        C: {PAN: $pan}.
        A: And you have got a pin by message.
        C: {OTP: $otp_four}.
        A: It is valid on bus $bus and bus $bus2 till $date.
        """,
        land="in",
    ),
    Shape(
        "k61_travel_desk",
        """
        A: Company travel. I'm booking your trip to Denver for $date.
        C: Aisle seat, please, nothing before $time.
        A: Got it. Your traveler profile is missing a passport, do you have that on you?
        C: {PASSPORT: $passport_us}.
        A: And the frequent flyer number?
        C: {MEMBER_ID: $member}.
        A: The portal wants you to log in, and I can do it with you. User?
        C: {USERNAME: $login}.
        A: Then it asks, what's your oldest friend's nickname?
        C: {SECURITY_ANSWER: $nickname}.
        A: It's booked as {BOOKING_REF: $booking}. The fare was $dollars, $few bags.
        """,
    ),
    Shape(
        "k62_estate_payout",
        """
        A: Bereavement team, I'm very sorry for your loss. Take all the time you need.
        C: Thank you. It was my father's policy, {MEMBER_ID: $policy}.
        A: May I ask his National Insurance number?
        C: I found it on a payslip, {NINO: $nino}.
        A: And the beneficiary is yourself? How should I write you down?
        C: {PERSON: $someone}.
        A: He set a password for family. Did he ever mention it?
        C: He did. {PASSWORD: $passphrase}.
        A: Yes. The sum is $pounds. It can go abroad, if you tell me the I BAN.
        C: {IBAN: $iban}.
        A: It's normally there within $some days.
        """,
        land="uk",
    ),
    Shape(
        "k63_payroll_portal",
        """
        A: Staffing agency, payroll. You can't see your stub?
        C: No, and it's $dollars short, too. I worked $some hours.
        A: Let me find you. Just the tail end of your social, those four?
        C: {SSN: $ssn.last4}.
        A: Two people have that. Your whole social then, please.
        C: {SSN: $ssn}.
        A: Thanks. For direct deposit I have routing {ROUTING: $routing}. Is that still good?
        C: Yes, but what's the address you're seeing me log in from?
        A: {IP: $ip}, and your one time code from the site?
        C: {OTP: $otp_eight}.
        A: It's open. The next stub posts on $date.
        """,
    ),
)
