"""Calls of the second practice set about roads, travel, health and machines."""

from __future__ import annotations

from .shape import Shape

CALLS = (
    Shape(
        "s14_card_activation",
        """
        A: Thanks for calling to activate your card. Please enter the last four digits of your social security number.
        C 900: {SSN# $otp_four.keys}
        A: Thank you. Now choose a four digit pin and enter it.
        C 900: {PIN# $pin.keys}
        A: Please enter it again to confirm.
        C 900: {PIN# $pin.keys}
        A: We sent a one time passcode to your phone. Say or enter it now.
        C: {OTP: $otp}.
        A: Your card is active. Your credit limit is $thousands dollars.
        """,
    ),
    Shape(
        "s15_dentist",
        """
        A: Smile Dental, how can I help?
        C: Hi, I'm calling to book a cleaning for $day.
        A: Sure, are you a new patient?
        C: Yes. My name is {PERSON: $name}.
        A: And your date of birth?
        C: {DOB: $dob}.
        A: Any medical conditions we should know about?
        C: I have {MEDICAL: $illness}, and I take {MEDICAL: $drug}.
        A: Okay. What's the member I D on your insurance card?
        C: {MEMBER_ID: $member}.
        A: And the best number to reach you?
        C: {PHONE: $phone_us}.
        A: You're all set for $time, on $floor.
        """,
    ),
    Shape(
        "s16_mobile_topup",
        """
        A: Welcome to Chatter Mobile top up. Please type in your mobile number.
        C 900: {PHONE# $phone_uk.keys}
        A: To top up $fee_pounds, enter your sixteen digit card number.
        C 900: {CARD_NUMBER# $card.keys}
        A: Now enter the expiry date as four digits.
        C 900: {CARD_EXPIRY# $expiry.keys}
        A: And the three digit security code.
        C 900: {CARD_CVV# $cvv.keys}
        A: Thank you. Your new balance is $pounds.
        """,
        land="uk",
    ),
    Shape(
        "s17_parking_fine",
        """
        A: Parking services, do you have the notice in front of you?
        C: I do, but it's in the car. Can you find it by my number plate?
        A: I can. What's the registration?
        C: {PLATE: $plate_uk}.
        A: Right, that's a fine of $pounds for $minutes over. Do you want to pay it now?
        C: Might as well. It's a credit card, {CARD_NUMBER: $card.first}.
        A 150: (Mm hmm.|Yes.)
        C 200: {CARD_NUMBER: $card.rest}.
        A: Thank you. The expiry date?
        C: {CARD_EXPIRY: $expiry}.
        A: And the last three digits on the back?
        C: {CARD_CVV: $cvv}.
        A: Where shall I post the receipt?
        C: {ADDRESS: $address_uk}, {POSTCODE: $postcode}.
        """,
        land="uk",
    ),
    Shape(
        "s18_impound",
        """
        A: City impound lot.
        C: You towed my truck last night. The license plate is {PLATE: $plate_us}.
        A: Yeah, it's here. I need the driver's license number of the owner.
        C: That's me. {LICENCE: $licence_us}.
        A: Is this still your current address, or did you move?
        C: I moved. Now it's {ADDRESS: $address_us}.
        A: Okay. It's $dollars for the tow, plus $fee_dollars a day.
        C: Can I pay over the phone? The card number is {CARD_NUMBER: $card}.
        A: Sure. So the card ends in {CARD_NUMBER: $card.last4}. And the C V V?
        C: {CARD_CVV: $cvv}.
        A: Come by before $time, bay $some.
        """,
    ),
    Shape(
        "s19_web_host",
        """
        A: Nimbus Hosting, what can I help you with?
        C: My website is down. It says error five hundred.
        A: Let me check. Could you give me your support pin?
        C: {PIN: $pin_six}.
        A: Thank you. What's the I P address of the server?
        C: {IP: $ip}.
        A: And which user do you log in with?
        C: The user name is {USERNAME: $username}, and the password is {PASSWORD: $password}.
        A: Okay, I'm in. Your disk is $some gigabytes full, that's why.
        C: Oh, then I'll buy $few more.
        """,
    ),
    Shape(
        "s20_hostel",
        """
        A: Surfside Hostel, how can I help?
        C: Hi there, I've a bed booked from $day. The booking reference is {BOOKING_REF: $booking}.
        A: Found it, $few nights in a six bed dorm. What name is it under?
        C: {PERSON: $name}.
        A: For check in I need a passport number.
        C: It's {PASSPORT: $passport_uk}.
        A: And an email address for the door code?
        C: {EMAIL: $email}.
        A: Thanks. Reception shuts at $time, and breakfast is $fee_dollars.
        """,
        land="au",
    ),
    Shape(
        "s21_customs",
        """
        A: Courier customs desk. Your parcel is held, so I need some details.
        C: Fine. It's just a present worth $pounds.
        A: What's the passport number of the person it's going to?
        C: That's mine, {PASSPORT: $passport_us}.
        A: And the delivery address?
        C: {ADDRESS: $address_uk}.
        A: What's the postcode there?
        C: {POSTCODE: $postcode}.
        A: The duty is $pounds2. If it comes to less, where do we refund it?
        C: The I BAN is {IBAN: $iban}.
        A: Thank you, it weighs $kilos and should be with you by $date.
        """,
        land="uk",
    ),
    Shape(
        "s22_optician",
        """
        A: Clearview Opticians, how may I help?
        C: I think my prescription's changed, so I'd like an eye test.
        A: No problem. Are you already on our books? What's your patient number?
        C: {MEMBER_ID: $record}.
        A: Do you have any health problems, or does anyone in the family?
        C: I've got {MEDICAL: $illness}.
        A: And are you on any medication?
        C: Just {MEDICAL: $drug}.
        A: What's the best phone number for you?
        C: {PHONE: $phone_uk}.
        A: I've $time on $date. The test is $fee_pounds.
        """,
        land="uk",
    ),
    Shape(
        "s23_ferry",
        """
        A: Channel Ferries, can I take your booking reference?
        C: It's {BOOKING_REF: $booking}.
        A: Thank you. And the lead passenger's name?
        C: {PERSON: $name}.
        A: What are you travelling in?
        C: A motorhome, seven metres long. Registration {PLATE: $plate_uk}.
        A: Who'll be driving? I need their driving licence number.
        C: My wife. {LICENCE: $licence_uk}.
        A: You're on the $time sailing, check in closes $minutes before. Deck $few.
        """,
        land="uk",
    ),
    Shape(
        "s24_food_wallet",
        """
        A: Tiffin Box customer care. Please tell me your registered mobile number.
        C: {PHONE: $phone_in}.
        A: Thank you. I have sent you an O T P. What is the O T P?
        C: {OTP: $otp_four}.
        A: What happened with your order, sir?
        C: Two biryani came instead of $few, and wallet pin is not working.
        A: I will reset it. Which new pin do you want?
        C: Put {PIN: $pin}.
        A: Your pin is now {PIN: $pin}. For refund of $rupees, Aadhaar is needed by the new rule.
        C: Okay, take it. {AADHAAR: $aadhaar}.
        A: Thank you sir, it will take $few working days.
        """,
        land="in",
    ),
)
