"""Calls of the second practice set about paying and being paid."""

from __future__ import annotations

from .shape import Shape

MONEY = (
    Shape(
        "s01_vet_bill",
        """
        A: Good afternoon, Meadow Lane Vets. How's the patient?
        C: Much better, thank you. I'd like to settle the bill, if I may, it's $pounds.
        A: Of course, I can take a card now. What's the number?
        C: It's my debit card, {CARD_NUMBER: $card}.
        A: And the expiry date, please?
        C: {CARD_EXPIRY: $expiry}.
        A: Then just the three digits on the signature strip.
        C: {CARD_CVV: $cvv}.
        A: That's gone through. Is there a pet plan for him, too?
        C: There is, the policy number is {MEMBER_ID: $policy}.
        A: Lovely. He should come back in $weeks for his booster.
        """,
        land="uk",
    ),
    Shape(
        "s02_pizza_order",
        """
        A: Tony's Pizza, pickup or delivery?
        C: Delivery. Two large pepperonis and a garlic bread, please.
        A: What's the address?
        C: We're at {ADDRESS: $address_us.street}.
        A: And your phone number in case the driver gets lost?
        C: {PHONE: $phone_us}.
        A: That comes to $dollars. Cash or card?
        C: (Card.|I'll use my card.) Ready? {CARD_NUMBER: $card}.
        A: Security code?
        C: {CARD_CVV: $cvv}.
        A: Sorry, could you say the code again?
        C: {CARD_CVV: $cvv}.
        A: And the billing zip code.
        C: {POSTCODE: $zip}.
        A: Great, it'll be there in about $minutes.
        """,
    ),
    Shape(
        "s03_school_fees",
        """
        A: Sunrise Public School, accounts section. How may I help you, ma'am?
        C: I want to pay the fees for my daughter, {PERSON: $name}.
        A: The amount is $rupees. For the receipt I require your PAN.
        C: PAN is {PAN: $pan}.
        A: And child's Aadhaar number also, for the portal.
        C: One minute. {AADHAAR: $aadhaar}.
        A: Let me read it back. {AADHAAR: $aadhaar}.
        C: Yes, that is right.
        A: From which U P I I D will the payment come?
        C: {UPI: $upi}.
        A: Fine ma'am. Last date is $date.
        """,
        land="in",
    ),
    Shape(
        "s04_cable_menu",
        """
        A: Thank you for calling Bluebird Cable. Please enter your ten digit account number on the keypad.
        C 900: {ACCOUNT# $account_us.keys}
        A: Thanks. Now enter the four digit pin for this account.
        C 900: {PIN# $pin.keys}
        A: One moment while I connect you.
        A 900: Hi, thanks for waiting. Before I can make changes, what are the last four of your social?
        C: {SSN: $ssn.last4}.
        A: Okay, got it. What seems to be the trouble?
        C: My bill jumped to $dollars, and it used to be $dollars2.
        A: I see. The promotion ended in $month, but I can take $percent off for $some months.
        """,
    ),
    Shape(
        "s05_crop_insurance",
        """
        A: Namaste, crop insurance help line. Your name, please?
        C: {PERSON: $name}. Claim amount has not come.
        A: Have you completed verification? I will need your Aadhaar.
        C: Note it down. {AADHAAR: $aadhaar}.
        A: An O T P has come to your phone. Please share it with me.
        C: It is {OTP: $otp}.
        A: Verified. Money will be credited to which account?
        C: Account number {ACCOUNT: $account_in}.
        A: Please give the last four digits of Aadhaar one more time.
        C: {AADHAAR: $aadhaar.last4}.
        A: Thank you. $rupees will be sent within $some days.
        """,
        land="in",
    ),
)
