"""Practice calls about health, travel, cars and computers."""

from __future__ import annotations

from .shape import Shape

LIFE = (
    Shape(
        "h20_it_reset",
        """
        A: Help desk, what's broken today?
        C: I'm shut out of payroll. I log on as {USERNAME: $username}.
        A: So {USERNAME: $username}. I can see a session from {IP: $ip}, is that your desk?
        C: Could be, I'm on the guest wifi.
        A: I'll give you a temporary one. Type {PASSWORD: $password}.
        C: Let me write it down. {PASSWORD: $password}?
        A: Yes. It'll then show you a code, which is what?
        C: {OTP: $otp}.
        A: You have $minutes to change it, with at least $some characters.
        """,
        wide=True,
    ),
    Shape(
        "h21_mail_locked",
        """
        A: Webmail support. Which mailbox can't you open?
        C: {EMAIL: $email}.
        A: And what had you been signing in with, the old secret word?
        C: It was {PASSWORD: $password}.
        A: Okay, that's retired now. Where did you first go to school?
        C: {SECURITY_ANSWER: $school}.
        A: Good. The recovery code on your other phone?
        C: {OTP: $otp_eight}.
        A: What would you like instead?
        C: {PASSWORD: $password2}.
        A: That's saved. You had $many unread, and your quota is $some gigabytes.
        """,
        land="uk",
    ),
    Shape(
        "h22_router_setup",
        """
        A: Broadband crew. Got the box in front of you?
        C: Yep, it's (green|blinking) and warm.
        A: In the browser, what does it say for the public address?
        C: {IP: $ip}.
        A: {IP: $ip}, ta. And who do you log in as?
        C: {USERNAME: $username}.
        A: What's the wifi key on the sticker?
        C: {PASSWORD: $password.spelled}.
        A: Read it to me again in case I fluffed it.
        C: {PASSWORD: $password.spelled}.
        A: You should see $megabits now, on channel $few.
        """,
        land="au",
    ),
    Shape(
        "h25_pharmacy",
        """
        A: Corner Drug, is this for a refill?
        C: Yeah, {MEDICAL: $drug}, I take it for {MEDICAL: $illness}.
        A: Whose prescription, and birthday?
        C: {PERSON: $name}, {DOB: $dob}.
        A: Punch in the member number off your plan card if you would, then pound.
        C 900: {MEMBER_ID# $record.keys#}
        A: And the last thing insurance wants is your social.
        C: {SSN: $ssn}.
        A: Copay's $dollars, ready after $time. We close at nine.
        """,
    ),
    Shape(
        "h26_hospital_clinic",
        """
        A: Outpatients. Do you have your hospital number?
        C: {MEMBER_ID: $record}.
        A: And I'm talking to?
        C: {PERSON: $name}.
        A: Thanks, {PERSON: $name.first}. This is about the {MEDICAL: $illness}, is it?
        C: Yes, and they put me on {MEDICAL: $drug}, which isn't helping.
        A: The consultant can do $date at $time, on $floor. A contact number?
        C: {PHONE: $phone_uk}.
        A: Don't eat for $few hours before, and bring $pounds for parking.
        """,
        land="uk",
    ),
    Shape(
        "h27_crash_claim",
        """
        A: Claims, I'm sorry to hear you've had a bump. What's your policy?
        C: {MEMBER_ID: $policy}.
        A: And the tag on your vehicle?
        C: {PLATE: $plate_us}.
        A: Did the other driver give you a license to copy?
        C: He did, {LICENCE: $licence_us}. His car was {PLATE: $plate_us2}.
        A: Anybody hurt?
        C: My neck a little. The doc says {MEDICAL: $illness} doesn't help.
        A: The estimate is $dollars, and a rental covers $some days.
        """,
    ),
    Shape(
        "h28_airline",
        """
        A: SkyPrairie, what's the confirmation?
        C: {BOOKING_REF: $booking.nato}.
        A: So {BOOKING_REF: $booking}. Traveling to Lisbon on $date?
        C: Yes, but my passport changed. The new one's {PASSPORT: $passport_us}.
        A: {PASSPORT: $passport_us}. And we'd refund the bag fee of $dollars, to a European account?
        C: That's {IBAN: $iban}.
        A: Where does the itinerary go?
        C: {EMAIL: $email}.
        A: You're in row $some, boarding at $time from gate $few.
        """,
    ),
    Shape(
        "h29_garage",
        """
        A: Hobbs Motors, is it an M O T you're wanting?
        C: Please. The reg is {PLATE: $plate_uk}.
        A: {PLATE: $plate_uk.nato}, the estate?
        C: That's her, done $thousands miles.
        A: Who'll be dropping it off?
        C: My son, {PERSON: $name.first}.
        A: And his mobile, in case it fails?
        C: {PHONE: $phone_uk}.
        A: It's $pounds, and we'll have it from $time till five. Tyres are $pounds2 each.
        """,
        land="uk",
    ),
    Shape(
        "h34_parcel_locker",
        """
        A: Parcel shop, did the locker not open?
        C: It wants a code off my phone, and I typed it wrong.
        A: (No stress.|Happens a lot.) Which one did we send?
        C: {OTP: $otp_four}.
        A: Ah, that's expired. Who's it addressed to?
        C: {PERSON: $name}, {ADDRESS: $address_au}, {POSTCODE: $postcode_au}.
        A: And your password with us, the word you chose?
        C: {PASSWORD: $password.word}.
        A: I've resent it. It weighs $kilos and it's in row $few, so take a trolley.
        """,
        land="au",
    ),
    Shape(
        "h35_toll_tag",
        """
        A: Toll tag help, number of the vehicle?
        C: {PLATE: $plate_in}.
        A: Balance is low since $date. Bank account for auto top up, please say.
        C: {ACCOUNT: $account_in}.
        A: One identity proof is required, passport will do.
        C: {PASSPORT: $passport_in}.
        A: And to lock the tag app, six numbers of your choosing.
        C: {PIN: $pin_six}.
        A: Minimum recharge is $rupees, it reflects in $minutes.
        """,
        land="in",
    ),
    Shape(
        "h36_van_insurance",
        """
        A: Commercial motor, new quotes. Who's going to be the main driver?
        C: Just me. My licence says {LICENCE: $licence_uk}.
        A: How many years without a claim?
        C: $few, and I do $thousands miles in it.
        A: Super. We set a memorable thing on the file. What was the first motor you owned?
        C: {SECURITY_ANSWER: $firstcar}.
        A: And a spare one, the town you were born in?
        C: {SECURITY_ANSWER: $birthtown}.
        A: Then which band did you first see live?
        C: {SECURITY_ANSWER: $band}.
        A: That's $pounds a year, with $fee_pounds off for tools.
        """,
        land="uk",
    ),
    Shape(
        "h37_super_fund",
        """
        A: Super fund, how's your day been?
        C: Good, mate. I'm rolling over what's left in the old one.
        A: Which bank account do we link it to?
        C: {ACCOUNT: $account_au}.
        A: And where are the statements posted?
        C: {ADDRESS: $address_au}, {POSTCODE: $postcode_au}.
        A: You'll see about $dollars more by $month. It's earned $percent this year.
        """,
        land="au",
    ),
)
