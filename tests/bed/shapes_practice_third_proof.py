"""Calls of the third practice set in which people show who they are to an office."""

from __future__ import annotations

from .shape import Shape

PROOF = (
    Shape(
        "k22_disability_claim",
        """
        A: I have your application open. Read me your social, all nine numbers.
        C: {SSN: $ssn.g1}, {SSN: $ssn.g2}, and the end is {SSN: $ssn.g3}.
        A: One more time on the last part?
        C: {SSN: $ssn.last4}.
        A: What condition is keeping you from working?
        C: It's {MEDICAL: $condition}, going on $few years.
        A: And the pharmacy shows {MEDICAL: $medicine}, correct?
        C: Twice a day, yes.
        A: A decision takes about $some weeks. You'd get $dollars a month.
        """,
        calls=2,
    ),
    Shape(
        "k23_apartment_lease",
        """
        A: The unit on $floor is still open, $dollars with heat. Should we run the credit check?
        C: Let's do it. I'm {PERSON: $someone}, my social is {SSN: $ssn}, and I was born {DOB: $dob}.
        A: That was quick, thanks. What address are you coming from?
        C: {ADDRESS: $place_us}, and that's {POSTCODE: $zip}.
        A: Any car you'll park with us?
        C: A grey wagon, tag {PLATE: $plate_us}.
        A: The application fee is $fee_dollars and you'll hear in $few days.
        """,
        calls=2,
    ),
    Shape(
        "k24_school_enrol",
        """
        A: Evening college admissions, kindly tell the candidate's good name.
        C: {PERSON: $someone}.
        A: Born on which date, as per the certificate?
        C: {DOB: $dob}.
        A: Do you have the U I D card? Twelve figures will be there.
        C: Ya, reading. {AADHAAR: $aadhaar}.
        A: Voice was breaking, please say it again.
        C: {AADHAAR: $aadhaar}.
        A: Residence?
        C: {ADDRESS: $place_in}, pin code {POSTCODE: $pincode}.
        A: Term fee is $rupees, and uniforms we give from $date.
        """,
        land="in",
        calls=2,
    ),
    Shape(
        "k25_passport_lost",
        """
        A: High Commission. You've lost a passport, I believe?
        C: My bag was nicked on $day, at about $time.
        A: Did you keep a photocopy? Then we could go by its number.
        C: I might have, I'd have to look.
        A: There's no hurry, the desk is staffed until $time2.
        C: Here, on my phone. {PASSPORT: $passport_uk}.
        A: {PASSPORT: $passport_uk}. And you'd be which of these people?
        C: {PERSON: $someone.backwards}.
        A: For an emergency one I need a home address.
        C: {ADDRESS: $place_uk}.
        A: It costs $pounds and is good for a single trip of $some days.
        """,
        land="uk",
    ),
    Shape(
        "k26_new_starter",
        """
        A: Welcome to the depot. Your first shift is $time on $day. Got your National Insurance handy?
        C: Somewhere. (Bear with me. |){NINO: $nino}.
        A: {NINO: $nino}, brilliant. Next of kin?
        C: My mum, {PERSON: $someone}.
        A: On which number would we get hold of her?
        C: {PHONE: $phone_uk}.
        A: Was that {PHONE: $phone_uk.last3} on the end?
        C: No, my mistake, it finishes {PHONE: $phone_uk2.last3}.
        A: Ah, {PHONE: $phone_uk2.last3}. You'll be on the forklift, so what does it say in field five of your licence?
        C: {LICENCE: $licence_uk}.
        A: The hourly rate is $fee_pounds, with a half hour lunch.
        """,
        land="uk",
    ),
    Shape(
        "k27_voter_roll",
        """
        A: Electoral services. You'd like to go on the register, so what's your full name?
        C: {PERSON: $someone}.
        A: Which property are you at?
        C: {ADDRESS: $place_uk.street}, that's in {ADDRESS: $place_uk.town}.
        A: And what comes after that, the postcode?
        C: {POSTCODE: $postcode}.
        A: How about your National Insurance details?
        C: I can never remember it, one moment. [700] {NINO: $nino}.
        A: Thank you. Polling is on $date, from seven until ten at night.
        """,
        land="uk",
    ),
    Shape(
        "k28_sim_upgrade_hi",
        """
        A: Namaskar, for five G upgrade your old SIM must be re verified.
        C: Okay, how long will it take?
        A: Hardly $minutes. Your Aadhaar please, in groups of four.
        C: {AADHAAR: $aadhaar}.
        A: Last group is not clear.
        C: {AADHAAR: $aadhaar.g3}.
        A: The activation code that flashed on your handset?
        C: {OTP: $otp}.
        A: Your new plan is $rupees for $some days, with $few gigabytes daily.
        """,
        land="in",
        digits="hi",
    ),
    Shape(
        "k29_pan_link",
        """
        A: Income tax help desk. Sir, linking of two cards is pending. Dictate the PAN, letters first.
        C: {PAN: $pan}.
        A: Repeating {PAN: $pan}.
        C -150: Right.
        A: And its partner, the Aadhaar?
        C: {AADHAAR: $aadhaar.first}, then {AADHAAR: $aadhaar.rest}.
        A: Name should be same on both. How is it printed?
        C: {PERSON: $someone}.
        A: Late fee is one thousand rupees, status changes in $few days.
        """,
        land="in",
    ),
    Shape(
        "k30_state_benefit_mono",
        """
        A: State unemployment. What's the full social of the person claiming?
        C: Okay. {SSN: $ssn}.
        A: When is that person's birthday?
        C: {DOB: $dob.digits}.
        A: Employer's last wage?
        C: $dollars a week, I was there $years.
        A: And your license, from the D M V?
        C: {LICENCE: $licence_us}.
        A: The benefit is $dollars2, certify every $few weeks.
        """,
        mono=True,
        calls=2,
    ),
    Shape(
        "k31_visa_centre",
        """
        A: Visa application centre, your file is in process. Passport number is needed to open it.
        C: {PASSPORT: $passport_in}.
        A: Father's name on page two?
        C: {PERSON: $someone}.
        A: Permanent address in India?
        C: {ADDRESS: $place_in}.
        A: U I D number is asked by the embassy now.
        C: That also? Okay. {AADHAAR: $aadhaar}.
        A: Courier fee is $rupees. From which U P I handle you'll send?
        C: {UPI: $upi}.
        A: Received. Your appointment is $time on $date.
        """,
        land="in",
    ),
    Shape(
        "k32_licence_points",
        """
        A: Road safety office. Your licence number is on the pink card, can you see it?
        C: I've got it. {LICENCE: $licence_au}.
        A: Cheers. I'd like your date of birth so I know it's you.
        C: {DOB: $dob}.
        A: And the rego of the ute that was snapped?
        C: {PLATE: $plate_au}.
        A: You were doing $some over, so that's $few points and $dollars.
        C: Fair enough. It was a long, empty road.
        """,
        land="au",
    ),
)
