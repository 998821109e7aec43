"""Held-out calls of all sorts: outings, refills, loans on gold, lost phones, hail."""

from __future__ import annotations

from .shape import Shape

SORTS = (
    Shape(
        "v73_museum_coach",
        """
        A: Group visits, {PERSON: $name.first} here.
        C: Hi there, I'm bringing $some pensioners to see the steam engines and our coach firm's let us down.
        A: Oh dear. So is it another day you want?
        C: If there's one going. They gave me a reference, I've got it as {BOOKING_REF: $booking}.
        A: That's a valid one. It's got a cream tea for everybody, at $fee_pounds a head.
        C: They'd mutiny if there weren't. Would the following $day be free?
        A: In the afternoon, yes, from $time. It'll be a new reference, I'm afraid, {BOOKING_REF: $booking2}.
        C: {BOOKING_REF: $booking2}. I'll put it in the diary.
        A: And the new coach, it'll need to go on the barrier list.
        C: I asked him for that. {PLATE: $plate_uk}, a white one with stripes.
        A: Lovely. There are $few wheelchairs to borrow, no charge.
        C: We'll take two. One gentleman used to drive those engines, you know.
        A: Did he? We'd love to record him for the archive.
        """,
        land="uk",
    ),
    Shape(
        "v74_mail_order_refill",
        """
        A: Welcome to Frontier Mail Pharmacy. Enter the eight digit number on your bottle.
        C 1300: {MEMBER_ID# $record.keys}
        A: For your privacy, enter your birth date with two digits for the month and day and four for the year.
        C 1300: {DOB# $dob.keys}
        A 1800: Pharmacy, {PERSON: $name.first} speaking, I was told you've got a question before it ships.
        C: I do. My doctor raised the {MEDICAL: $drug}, so I don't want ninety of the little ones.
        A: Good thing you called. I'll void that one. Is this for {MEDICAL: $illness}, still?
        C: That's right, and I just started {MEDICAL: $medicine} at night, so tell me if they fight.
        A: They get along, just don't take them with grapefruit.
        C: I can't stand grapefruit. What's it going to cost me?
        A: Ninety days is $dollars, or thirty for $fee_dollars.
        C: Do the ninety. My health savings card, it's {CARD_NUMBER: $card}.
        A: Three little digits, too?
        C: {CARD_CVV: $cvv}.
        A: It'll ship $day, and it takes $few days. No signature needed.
        """,
    ),
    Shape(
        "v75_gold_loan",
        """
        A: Swarna Gold Loans, {PERSON: $name.first} speaking, vanakkam.
        C: Vanakkam. Sister's wedding is in $month, I want to keep some bangles and take loan, around $some grams.
        A: Today's rate is six thousand two hundred per gram, you will get seventy five percent of it.
        C: What is the interest?
        A: Nine point five per year. If it is above $rupees, they ask for PAN, you are having?
        C: I am having. {PAN: $pan.g1, $pan.g2},
        A -200: Mm.
        C: {PAN: $pan.g3, $pan.g4}.
        A: I am repeating, {PAN: $pan}. And money should go in which account?
        C: In my savings. {ACCOUNT: $account_in}.
        A: Fine. Somebody will come with the weighing machine on $day, it is a free service.
        C: He will show some identity, no? My mother is alone in the house.
        A: Surely, he has a badge, and you will get his photo before.
        C: Then which time? After $time only I will be back from shop.
        A: I have written it, madam. Kindly keep the bill of the bangles if it is there.
        """,
        land="in",
    ),
    Shape(
        "v76_return_filing",
        """
        A: Sharma Tax Consultants, {PERSON: $name.first} here, your file is with me.
        C: Good evening. Only rent income and salary is there, same as last year. Will it take much time?
        A: Not even $minutes. Did you bring the form sixteen from the company?
        C: I mailed it yesterday. What else?
        A: To enter the portal it is asking your PAN and password.
        C: Password one minute, I keep in diary. PAN is {PAN: $pan}.
        A: Okay.
        C: And it says {PASSWORD: $password}.
        A: It opened. House is jointly with your wife, so what is her PAN?
        C: Hers, {PAN: $pan2}.
        A: Rent is $rupees per month, thirty percent is deducted straight away.
        C: How much I have to pay finally?
        A: Nothing, refund of $rupees2 is coming. To finish it sends an O T P to the phone that has Aadhaar.
        C: Yes, that is with me. {OTP: $otp}.
        A: Filed. You save a copy, it may be asked for visa in $years.
        """,
        land="in",
    ),
    Shape(
        "v77_bank_new_phone",
        """
        A: Timberline Bank digital, this is {PERSON: $name.first}.
        C: Hi, I dropped my phone in the lake, and the new one won't take my banking. I feel dumb.
        A: Don't, my brother did that twice. Let's set up the new one. First, some questions you picked back
        in $pastyear.
        C: Lord. I'll give it a shot.
        A: Your mom's last name prior to getting married?
        C: {SECURITY_ANSWER: $maiden}.
        A: Favorite thing to eat?
        C: {SECURITY_ANSWER: $food}? Or maybe I put {SECURITY_ANSWER: $food2}.
        A: I'll take the first. Then I need you to look at your driver's license.
        C: Sure, {LICENCE: $licence_us}.
        A: I've sent a one time thing to the new phone, it'll be short.
        C: It just dinged. {OTP: $otp_four}.
        A: And you're in. Should I turn mobile deposit on, limit is $dollars a day?
        C: Please. I mow lawns, everybody still writes me checks.
        A: Done. Is there a direct deposit too? You'd want to tell them {ROUTING: $routing}, that changed
        when we merged.
        C: No, but I'll jot it down, {ROUTING: $routing}.
        """,
    ),
    Shape(
        "v78_lost_on_the_bus",
        """
        A: Lost property, Dales Buses.
        C: Oh hello, I think I've left my phone on the number $bus, upstairs at the front.
        A: About what time was this?
        C: I got off at $time, by the leisure centre. It's got a cracked corner and a daft sheep on the case.
        A: There's one here with a sheep. I've to be certain it's yours though. How do you unlock it?
        C: {PIN: $pin}.
        A: It's shaking its head at me.
        C: I changed it at Christmas, sorry, {PIN: $pin2}.
        A: Open sesame. Who shall I put on the form?
        C: {PERSON: $someone}.
        A: And a landline, seeing as I've got your mobile?
        C: {PHONE: $phone_uk}, it's my neighbour's, she's a love.
        A: We charge $fee_pounds, and we're open till half five. You'd bought a ticket on the app, there's something
        here called {BOOKING_REF: $booking}, you might want a screenshot.
        C: That's the coach to my sister's, thank you for spotting that.
        A: We get about $some phones a week, and most of them aren't charged.
        """,
        land="uk",
    ),
    Shape(
        "v79_verify_by_keys",
        """
        A: Hi there, Maple Mutual, {PERSON: $name.first} speaking. Is this about the hail?
        C: It is. It came down like golf balls, the hood's a mess, and the skylight too.
        A: Oof, I've had $some of those since breakfast. I'll get two claims going. To keep it private I'm switching you
        over to tones, so just type your social when the voice stops.
        C 1200: {SSN# $ssn.keys}
        A: Got the tones. And there's a passcode we've texted, type that as well.
        C 1300: {OTP# $otp.keys}
        A: Super, we can talk again. Which car was it, the coupe or the wagon?
        C: The wagon, {PLATE: $plate_us}. I'd just paid the thing off.
        A: That figures. An adjuster will come by, probably $day, he needs $minutes and a ladder.
        C: I've a ladder in the barn, twelve footer.
        A: He brings his own. Deductible's $dollars on the car and one percent on the house.
        C: Can I put a tarp over the skylight meanwhile?
        A: Please do, and hang on to the receipt. He's called {PERSON: $someone.first}, a tall guy with a red truck.
        C: I'll keep the dog in.
        """,
    ),
)
