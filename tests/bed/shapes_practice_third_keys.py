"""Calls of the third practice set with keypad entry, one-time codes and pins."""

from __future__ import annotations

from .shape import Shape

KEYS = (
    Shape(
        "k33_water_bill",
        """
        A: Welcome to the water company's payment line. You owe $pounds.
           To pay by card, key in the long number now and finish with the hash key.
        C 900: {CARD_NUMBER# $card.keys#}
        A: Next, when it expires, in four figures.
        C 900: {CARD_EXPIRY# $expiry.keys}
        A: Last of all, the three numbers by the signature.
        C 900: {CARD_CVV# $cvv.keys}
        A: Your payment went through. For a receipt press $option.
        """,
        land="uk",
    ),
    Shape(
        "k34_agent_and_keys",
        """
        A: I'm not allowed to hear it, so could you type the card in rather than say it?
        C: Sure, give me a moment.
        C 900: {CARD_NUMBER# $card.keys}
        C 600: (That should be it.|Did that come through?)
        A: It did. Then type those three off the back.
        C 800: {CARD_CVV# $cvv.keys}
        A: And the same with your four digit pin, so I can unlock the account.
        C 800: {PIN# $pin.keys#}
        A: Thanks. I've taken $dollars, and $few bags will be on the truck by $time.
        """,
    ),
    Shape(
        "k35_card_menu",
        """
        A: This is the automated service. To go on, dial the last four of your social security number.
        C 900: {SSN# $otp_four.keys}
        A: I did not catch that. Say or dial it again.
        C 500: {SSN: $otp_four}.
        A: Now your phone banking pin.
        C 900: {PIN# $pin.keys}
        A: That pin does not match. You have two more tries.
        C 900: {PIN# $pin2.keys}
        A: Thank you. You have $few new offers. Your next payment of $dollars is due $date.
        """,
    ),
    Shape(
        "k36_bank_kyc_keys",
        """
        A: Dear customer, to update your records please dial your twelve digit Aadhaar.
        C 1000: {AADHAAR# $aadhaar.keys#}
        A: A one time password was sent to you. Dial it, followed by hash.
        C 1000: {OTP# $otp.keys#}
        A: It has expired. A fresh one has been sent. You may speak it.
        C: {OTP: $otp2}.
        A: Choose a new four digit T pin.
        C 900: {PIN# $pin.keys}
        A: It will be active in $minutes. Charges are $rupees yearly.
        """,
        land="in",
    ),
    Shape(
        "k37_phone_shop",
        """
        A: I can swap the handset today. What did the text from us just say?
        C: It says {OTP: $otp}, and not to share it.
        A: You can with me. And your account passcode, four numbers I think?
        C: {PIN: $pin}.
        A: Nope, it won't have it.
        C: Try {PIN: $pin2} then.
        A: There we are. The new one is $pounds over $some months, with a $few inch screen.
        """,
        land="uk",
        calls=2,
    ),
    Shape(
        "k38_parcel_drop",
        """
        A: Courier depot. The driver is outside and he says you must give him a code.
        C: Which, the one in the email?
        A: Yes, it should be four digits.
        C: {OTP: $otp_four}.
        A: Did you say {OTP: $otp_four}?
        C -250: That's it.
        A: And whose name is on the label?
        C: {PERSON: $someone}.
        A: He's got $few boxes, $kilos altogether, so you may want a hand.
        """,
        land="uk",
        calls=2,
    ),
    Shape(
        "k39_brokerage",
        """
        A: Trading desk. Your login has been frozen after $few failed attempts.
        C: I know, I typed my password wrong all morning.
        A: Open the authenticator and give me whatever it shows.
        C: {OTP: $otp.g1}, um, {OTP: $otp.g2}.
        A: It rolled over before I could enter it. And now?
        C: Now it's {OTP: $otp2}.
        A: I'm in. What's the trade pin you set up?
        C: {PIN: $pin_six}.
        A: Done. Your order for $many shares filled at $dollars.
        """,
    ),
    Shape(
        "k40_alarm_keypad",
        """
        A: Monitoring station, your back door sensor went off at $time.
        C: It was the dog, he's huge.
        A: I still have to ask for the safe word.
        C: It's {PASSWORD: $passphrase.word}.
        A: And the code you tap in by the door?
        C: {PIN: $pin}.
        A: It might be time for a new one. Any ideas?
        C: {PIN: $pin2}, that's easy for the kids.
        A: I'll program {PIN: $pin2}. Zone $few needs a battery, nine volts.
        """,
        land="au",
        calls=2,
    ),
    Shape(
        "k41_delivery_app",
        """
        A: Thanks for waiting. To change the address on order, first confirm your phone.
        C: {PHONE: $phone_us}.
        A: I just fired off a code to it.
        C: Hang on, it's still buzzing. [800] {OTP: $otp_pairs}.
        A: Perfect. Where should the driver go now?
        C: {ADDRESS: $place_us.street}, in {ADDRESS: $place_us.town}.
        A: It'll be around $minutes, and changing it costs $fee_dollars.
        """,
    ),
    Shape(
        "k42_voicemail_reset",
        """
        A: You want a new voicemail pin. Enter it now, then the pound key.
        C 900: {PIN# $pin.keys#}
        A: Enter it a second time.
        C 900: {PIN# $pin.keys#}
        A: Changed. You have $few saved messages. The first was left $day at $time.
        C: (Skip.|Next one.)
        """,
        calls=2,
    ),
    Shape(
        "k43_prepaid_top_up",
        """
        A: G'day, you've got $dollars of credit left. To recharge, punch in the card and press star.
        C 900: {CARD_NUMBER# $card.keys*}
        A: Ta. Now the security number.
        C 900: {CARD_CVV# $cvv.keys*}
        A: Which mobile is it for? Key that in, too.
        C 900: {PHONE# $phone_au.keys*}
        A: All good, you've $some gigabytes till $date.
        """,
        land="au",
    ),
)
