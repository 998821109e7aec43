"""Held-out calls of people who travel: hotels, flights, ferries, hire cars, visas."""

from __future__ import annotations

from .shape import Shape

TRAVEL = (
    Shape(
        "v01_lake_hotel",
        """
        A: Lakeshore Inn front desk, {PERSON: $name.first} here, what can I do for you?
        C: Hey there. We're driving up for a wedding on $date and we need two rooms, both with a queen bed if you've
        got 'em.
        A: Let me peek at that weekend. I do have two on $floor, quiet side, $dollars a night each, and breakfast
        runs until $time.
        C: That works. Is parking extra or is it in the price?
        A: Parking's free, first come first served. I'd just need a card to hold the rooms, it isn't charged till
        you leave.
        C: Yep, it's right in front of me. {CARD_NUMBER: $card_fours.g1, $card_fours.g2},
        A -200: Uh huh.
        C: {CARD_NUMBER: $card_fours.g3, $card_fours.g4}.
        A: Good until when?
        C: {CARD_EXPIRY: $expiry}.
        A: Then flip it over, what's on the back?
        C: Oh, um, {CARD_CVV: $cvv}.
        A: Perfect. Which name goes on the rooms?
        C: {PERSON: $someone}. The bride is my sister, so we might be a loud bunch.
        A: No problem at all, the bar stays open late. Your confirmation is {BOOKING_REF: $booking}, and check in
        starts at three.
        """,
    ),
    Shape(
        "v02_flight_moved",
        """
        A: Skyward Airways changes desk, good evening.
        C: Hello, I've had a text saying our flight home has been shifted by $few hours and we'd miss the last coach.
        A: Oh, that's a nuisance. Let me bring the trip up, what's the locator on your email?
        C: The what, sorry?
        A: Six letters and numbers, top right hand corner.
        C: Ah, I see it. {BOOKING_REF: $booking}.
        A: Got that. There are two of you travelling, and you'd be on $flight instead. Whose passport am I adding
        first?
        C: Mine. {PASSPORT: $passport_uk}.
        A: I make that {PASSPORT: $passport_uk}.
        C: Spot on. My husband's is the same place of issue, (his is|it goes) {PASSPORT: $passport_uk2}.
        A: Super. So there's an earlier departure at $time with a change, or the direct one next morning.
        C: We'll take the earlier one. How long is the wait between them?
        A: About $minutes, which is plenty as it's the same terminal. I've put you both in row $some.
        C: (Brilliant, thank you.|You're a star.) And the bags go straight through?
        A: They do, up to twenty three kilos each.
        """,
        land="uk",
    ),
    Shape(
        "v03_ute_hire",
        """
        A: G'day, Outback Wheels, {PERSON: $name.first} speaking.
        C: Yeah hi, chasing a ute for the long weekend, we're shifting a fridge and a couple of couches.
        A: Easy done. I've got a single cab with a $few foot tray for $dollars a day, or the twin cab for a bit more.
        C: Single's fine. I don't need it past Sunday arvo.
        A: No dramas. Read us your licence, would ya?
        C: {LICENCE: $licence_au}.
        A: Beauty. And there's a bond of three hundred that goes on the plastic.
        C: Okay, it's a Visa. {CARD_NUMBER: $card}.
        A: Sorry mate, the forklift's going, one more time?
        C: {CARD_NUMBER: $card}.
        A: Ta. I'll grab those last three on the flip side as well.
        C: {CARD_CVV: $cvv}.
        A: Too easy. First $many kays are included, after that it's thirty cents each. Bring it back with the same
        fuel and you'll be right.
        C: And are straps included or do I bring me own?
        A: Straps and a trolley are in the back. See you round $time on $day.
        """,
        land="au",
    ),
    Shape(
        "v04_island_ferry",
        """
        A: Hebridean Ferries, you're through to reservations.
        C: Good morning. We're booked across to the island on $date but we've swapped cars since, so I suppose you
        need to know that.
        A: We do, yes, because of the length. What were you given when you booked?
        C: A code, hang on, it's on the fridge. {BOOKING_REF: $booking}.
        A: Lovely, the two fifteen sailing. What's the new registration?
        C: {PLATE: $plate_uk}.
        A: {PLATE: $plate_uk}, thanks. And is it taller than two metres with anything on the roof?
        C: No, just a couple of bikes on the back, they stick out by a foot or so.
        A: Then you'd go into the next band, I'm afraid, that's another $fee_pounds.
        C: Fair enough. You can put it on the same card, {CARD_NUMBER: $card},
        A -250: Right.
        C: and it runs out {CARD_EXPIRY: $expiry}.
        A: Security digits too, if you don't mind?
        C: {CARD_CVV: $cvv}.
        A: That's all updated. Be in the queue at least $minutes ahead, last year somebody watched it leave without
        them.
        C: Ha, that would be just like us.
        """,
        land="uk",
    ),
    Shape(
        "v05_train_refund",
        """
        A: Rail seva kendra, namaste, I am {PERSON: $name.first}.
        C: Namaste madam. My train on $day was cancelled only, and refund is not showing even after $few days.
        A: I am sorry for the inconvenience, sir. Cancelled trains are refunded fully. On which mobile was the ticket
        taken?
        C: Take it down, {PHONE: $phone_in}.
        A: I have sent six digits to this mobile for confirmation. Kindly tell me when it comes.
        C: Network is slow here. Yes, now it has come. {OTP: $otp}.
        A: Thank you. It shows that bank has returned the money because the account is closed.
        C: Correct, that account I closed in $month. Can you send to U P I?
        A: Yes, that is possible. Please say your U P I address slowly.
        C: {UPI: $upi}.
        A: Noted. $rupees will reach within $few working days, and one message will come.
        C: Catering amount also was there, two meals.
        A: That also is included in the total, sir. (Nothing has been cut.|No charges were cut.)
        C: Very good. Earlier the counter people told me something else.
        """,
        land="in",
    ),
    Shape(
        "v06_visa_agent",
        """
        A: Global Visa Point, {PERSON: $name.first} this side.
        C: Ma'am, my parents want to visit us in Dubai in $month. I was told you people fill the form over phone.
        A: Yes sir, we do the complete form, documents you can upload afterwards. For which applicant should I begin?
        C: My father. {PERSON: $someone}.
        A: Passport is with you, or with him?
        C: Photo is with me. One second, I will zoom. {PASSPORT: $passport_in}, and below that
        his birth, {DOB: $dob}.
        A: Thank you. The system is also wanting one Indian identity, most people give Aadhaar.
        C: Okay, that photo is blurred. It begins {AADHAAR: $aadhaar.g1},
        A -200: Okay.
        C: {AADHAAR: $aadhaar.g2}, then {AADHAAR: $aadhaar.g3}.
        A: So finally {AADHAAR: $aadhaar.g3}, correct?
        C: Correct. How much total it will come for both?
        A: For two persons $rupees including insurance, and it takes around $few working days.
        C: He has one old visa from $pastyear also, does it help?
        A: Definitely it helps, sir. Please keep that page also ready for scanning.
        """,
        land="in",
    ),
    Shape(
        "v07_miles_desk",
        """
        A: Horizon Rewards, this is {PERSON: $name.first}, thanks for holding.
        C: Sure. I flew out to a trade show last month and my miles never posted, there should be around $many.
        A: Happy to look into it. Do you have your rewards number handy?
        C: I think it's in my wallet. It's {MEMBER_ID: $member}.
        A: Thank you. And you set up four digits for calling in, would you remember those?
        C: Ugh, is it the old one or the new one? Try {PIN: $pin2}.
        A: That one didn't take.
        C: Okay then it's {PIN: $pin}.
        A: There we go, we're in. I see the outbound leg but not the return on $flight.
        C: Right, they rebooked me after the storm, I ended up in seat fourteen D on some other plane.
        A: That's what did it. I'm crediting those now, and you'll be $thousands miles away from gold status.
        C: So close. Will I get something in writing?
        A: Absolutely, the email on file is still {EMAIL: $email}?
        C: Yeah, that still works.
        A: You should see it inside of $some hours, and if it isn't there by $day just ring us back.
        """,
    ),
    Shape(
        "v08_cruise_paperwork",
        """
        A: Blue Pelican Cruises, documents team, how's your day going?
        C: Pretty good. I got an email saying our cruise paperwork isn't complete, and we sail in $weeks.
        A: Don't worry, half the ship gets that email. Mostly it's the passport line. Is yours the new one?
        C: I renewed in $pastyear. You want it? {PASSPORT: $passport_us}.
        A: Please hold on, I'm a slow typist. {PASSPORT: $passport_us}. Okay. And what's your birthday?
        C: {DOB: $dob}.
        A: Alright, that's the red mark gone. While you're here, would you like the drinks package? It's $dollars a
        day per person.
        C: Does it include coffee? My wife basically lives on lattes.
        A: It does, and sodas and anything under $some dollars a glass.
        C: Go ahead then. I've got American Express. {CARD_NUMBER: $amex}.
        A: With Amex it's the four little ones on the front.
        C: {CARD_CVV: $cvv_amex}.
        A: You're booked. Dinner is the late seating at $time, table for six.
        C: Any chance we could get a smaller table?
        A: I'll put the request in, the maitre d' decides once you're aboard.
        """,
        hold=True,
    ),
    Shape(
        "v09_beach_campsite",
        """
        A: Pelican Bay Holiday Park, what can I help you with?
        C: Hi, I'm after a powered site for the caravan over the school holidays, say eight nights.
        A: We're filling up pretty quick. I've got one near the playground and one down by the amenities block.
        C: Playground, please, we've got three kids under ten. Is it level?
        A: Pretty flat, yeah, and there's room for a boat trailer. What car are you bringing, so the boom gate knows it?
        C: The rego's {PLATE: $plate_au}.
        A: And a mobile, in case the weather turns?
        C: {PHONE: $phone_au}.
        A: Ripper. It's half now and half when you get here, so $dollars today.
        C: Alright, Mastercard. {CARD_NUMBER: $card}. And you'll want {CARD_EXPIRY: $expiry}.
        A: You read my mind. C V V?
        C: {CARD_CVV: $cvv}.
        A: All done. Check out's ten in the morning and no fires before the ban lifts.
        C: No worries. Can we bring the dog?
        A: On a lead she's welcome, just not in the pool area.
        """,
        land="au",
        mono=True,
    ),
    Shape(
        "v10_airport_parking",
        """
        A: Thank you for calling Fly and Park. To find your parking, key in the mobile number you booked with.
        C 1200: {PHONE# $phone_uk.keys}
        A: Thank you. Now key in the four digit code from your confirmation, so that we know it's you.
        C 1000: {PIN# $pin.keys}
        A 1500: Hello, {PERSON: $name.first} here, I've got your parking on the screen. Are you running late?
        C: Yeah, we landed an hour behind and they've lost the pushchair, so we'll be past $time.
        A: Not to worry, the desk is staffed through the night. Which terminal are you standing in?
        C: North, by the coffee place. The bus said every $few minutes but I've counted one.
        A: They drop to every quarter of an hour after eleven. I'll radio the driver. What's your reg, so they can warm
        it up?
        C: {PLATE: $plate_uk}, it's the grey estate.
        A: {PLATE: $plate_uk}, got you. It's parked in bay $some, right by the office.
        C: Smashing. Do I owe anything for the extra time?
        A: Under two hours we let it go. Otherwise it would have been $fee_pounds.
        C: That's very decent of you.
        """,
        land="uk",
    ),
)
