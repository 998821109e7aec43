"""Held-out calls about health and insurance: practices, pharmacies, claims, cover."""

from __future__ import annotations

from .shape import Shape

CARE = (
    Shape(
        "v21_new_tooth_patient",
        """
        A: Bright Smiles, this is {PERSON: $name.first}, are you calling for yourself or a child?
        C: For myself. I haven't seen a dentist in, gosh, $years, and I chipped something on an olive pit.
        A: Ouch, okay. We have an opening on $day at $time. New patients fill out a form, or I can do it with you now.
        C: Let's do it now, I hate those clipboards.
        A: Me too. First and last name?
        C: {PERSON: $someone}. The last name's {PERSON: $someone.spelled}.
        A: What year were you born, and the day?
        C: {DOB: $dob}.
        A: What insurance do you carry, and what's the ID on that?
        C: It's through my wife's job. The ID says {MEMBER_ID: $member}.
        A: Hm, they're asking for the subscriber's social on this plan.
        C: Hers? I know it by heart, (believe it or not|funny enough), {SSN: $ssn}.
        A: Great. Any meds we should know about?
        C: Only {MEDICAL: $medicine} in the mornings.
        A: Okay. Please show up fifteen minutes early, we're above the bakery on $floor.
        C: Above a bakery, isn't that a bit cruel?
        """,
    ),
    Shape(
        "v22_village_chemist",
        """
        A: Village Pharmacy, {PERSON: $name.first} speaking, sorry to keep you.
        C: That's alright. Has my prescription come down from the surgery yet? I put the slip in on $day.
        A: I'll have a rummage. Who's it for?
        C: Mrs {PERSON: $someone.last}. It should be the {MEDICAL: $medicine} and the other one,
        for my {MEDICAL: $condition}.
        A: There are two of you with that surname. Whereabouts are you, my love, just the postcode will do?
        C: {POSTCODE: $postcode}.
        A: Ah, that's you. One's here, the other we owe you, the wholesaler only sent $few boxes.
        C: Again? It was like that in $month as well.
        A: It's everywhere, I'm afraid. There's a van at $time, so give it until tomorrow.
        C: Could your young man drop it round? My knees aren't up to the hill.
        A: He does deliveries on $day, would that suit? He'd want a number to ring from the gate.
        C: It's {PHONE: $phone_uk}.
        A: Lovely. And was there a cream last time, the big tub?
        C: There was, five hundred grams, but I've still got half of it left.
        """,
        land="uk",
    ),
    Shape(
        "v23_counseling_intake",
        """
        A: Open Door Counseling, this is {PERSON: $name.first}, take your time.
        C: Hi. I've been putting this call off. My doctor thought I should talk to someone.
        A: I'm really glad you called. Have you seen anybody before, or would this be the first time?
        C: I did a few sessions in $pastyear, when I was diagnosed with {MEDICAL: $illness}.
        A: Okay. Anything they started you on back then?
        C: They put me on {MEDICAL: $drug}, but it made me so sleepy that I quit.
        A: That's good for her to know. We have a therapist with evenings open, she's very down to earth. Sessions are
        fifty minutes.
        C: What does it run if I don't go through insurance?
        A: It slides with income, between $some and a hundred twenty dollars.
        C: That's doable.
        A: I'll shoot you the forms. What inbox should they land in?
        C: Um, {EMAIL: $mail}.
        A: And what would you like us to call you?
        C: {PERSON: $name2.first} is fine.
        A: Alright, {PERSON: $name2.first}, does $day at $time feel okay?
        C: Yeah. Thanks for making that easy.
        """,
    ),
    Shape(
        "v24_varifocals",
        """
        A: Castle Street Opticians.
        C: Hello, I've had a message to say my glasses are ready. Well, it says ready, but then it says balance due.
        A: That'll be the second pair, the prescription sunglasses. Who am I looking for?
        C: {PERSON: $name}. You had to order the lenses specially on account of my {MEDICAL: $condition}.
        A: Oh yes, I remember, we had a good natter about Portugal. There's $pounds outstanding after the voucher.
        C: I'll pay it over the phone, then my son can pop in for them. Are you ready for me?
        A: I am.
        C: {CARD_NUMBER: $card_fours.g1, $card_fours.g2, $card_fours.g3}, and the last bit's worn off, I think it's
        {CARD_NUMBER: $card_fours2.g4}.
        A: Hm, it doesn't like that.
        C: Let me tilt it. No, it's {CARD_NUMBER: $card_fours.g4}.
        A: That's taken it. You'll have a wee number by your signature as well.
        C: {CARD_CVV: $cvv}.
        A: Paid in full. Tell him we shut for lunch from one till two.
        C: He'll be on his bike, are they in a hard case?
        A: They are, and there's a cloth and a little screwdriver in there.
        """,
        land="uk",
    ),
    Shape(
        "v25_hospital_bill_line",
        """
        A: Saint Clement Medical Center automated billing. Please enter the eight digits next to the word guarantor.
        C 1300: {MEMBER_ID# $record.keys}
        A: I found one bill. To pay it in full, enter your card, without spaces.
        C 1500: {CARD_NUMBER# $card.keys}
        A: Now the expiration, two digits for the month, two for the year.
        C 900: {CARD_EXPIRY# $expiry.keys}
        A: Lastly, its security code.
        C 800: {CARD_CVV# $cvv.keys}
        A: That payment did not go through. I'll get a person for you.
        A 1900: Patient accounts, {PERSON: $name.first} speaking. I see it timed out on you.
        C: It did. I hope I'm not charged twice, it's a $dollars bill for an X ray that took $few minutes.
        A: You're not, nothing posted. Do you want to go ahead with me instead?
        C: Sure, it's the same one. And code {CARD_CVV: $cvv}, if it dropped off.
        A: It had, thank you. Okay, that's approved.
        C: Is it true there's a discount for paying early?
        A: Ten percent within thirty days, I've put it on. Your receipt should be there around $date.
        """,
    ),
    Shape(
        "v26_health_card_camp",
        """
        A: Arogya health card helpline, {PERSON: $name.first} speaking, please tell.
        C: Namaste. At the camp in our panchayat they made cards for everybody, mine did not come.
        A: In which month was the camp held?
        C: In $month. Nearly $some families got it already, our lane only is left.
        A: I will see. When you gave your thumb print, they took Aadhaar, no? Say that.
        C: Haan, {AADHAAR: $aadhaar}.
        A: Some digit I missed in the middle.
        C: Middle is {AADHAAR: $aadhaar.g2}.
        A: Yes, now found. Card is printed but returned by post office. Your phone is on?
        C: It is on, {PHONE: $phone_in}. My wife also needs it, she is having {MEDICAL: $illness} since two years.
        A: Her name will be on the same card, don't worry. She takes any tablet daily?
        C: They gave {MEDICAL: $drug} from the government hospital.
        A: That will be free at any listed chemist. I am sending it again by speed post, it takes $few days.
        C: If it returns once more, then?
        A: Then collect it from the block office, ground floor, counter $few2.
        """,
        land="in",
    ),
    Shape(
        "v27_car_park_bump",
        """
        A: Motor claims, you're through to {PERSON: $name.first}, first of all is everybody alright?
        C: We're fine, it's only a bent bumper. Somebody reversed into me outside the garden centre.
        A: Glad to hear it. If you've the certificate to hand, it starts with three letters.
        C: {MEMBER_ID: $policy}.
        A: Thank you. And yours is the little hatchback?
        C: That's it, {PLATE: $plate_uk}.
        A: Did you manage to note down theirs?
        C: I took a picture of it. {PLATE: $plate_uk2}. The driver was a Mrs {PERSON: $someone.last}, ever
        so apologetic.
        A: They often are. How fast would you say she was going?
        C: Walking pace, five miles an hour at most. There's a scrape about $inches long.
        A: And where's it parked overnight? I just need the postcode for the recovery people.
        C: {POSTCODE: $postcode}.
        A: Right. There's a garage $miles off that can have it from $day, with a courtesy car.
        C: And the excess is still $pounds?
        A: You'd get it back once her insurers hold their hands up.
        """,
        land="uk",
    ),
    Shape(
        "v28_life_cover_quote",
        """
        A: Banksia Life, {PERSON: $name.first} speaking, are you right to talk for ten minutes?
        C: Yep, just got the little one down for her nap. We want a quote for life cover, enough to clear the mortgage.
        A: Good on you. So say five hundred thousand over twenty five years?
        C: About that. What'll it set us back each month?
        A: Let's find out. What's your date of birth, for starters?
        C: {DOB: $dob}.
        A: Smoker?
        C: Gave it up in $pastyear.
        A: Well done. Anything you see the doctor about?
        C: I've had {MEDICAL: $illness} since I was a teenager, it's under control with {MEDICAL: $drug}.
        A: That's not a deal breaker. And your place, what street's that on?
        C: {ADDRESS: $address_au.street}, {POSTCODE: $postcode_au}.
        A: It comes to $dollars a month, stepped, or $dollars2 if you keep it level.
        C: And if I go part time next year?
        A: It doesn't change with your income, only if you'd add the salary cover.
        """,
        land="au",
    ),
    Shape(
        "v29_senior_plan",
        """
        A: Golden Years Health Plans, hi, is this a good time still?
        C: I suppose so, I've got a pie in the oven. You said you'd help me get off this expensive plan.
        A: That's right. You're paying $dollars now, and there's one in your county with no premium at all.
        C: There's always a catch, though.
        A: The catch is a $some dollar copay for specialists. To look you up I'd need the social security number.
        C: My daughter says don't, but you called about my letter, so. It's {SSN: $ssn}.
        A: I understand. So it starts with {SSN: $ssn.g1}?
        C: Yes.
        A: And would the cards go to a P O box or to the house?
        C: The house. {ADDRESS: $place_us}.
        A: Which zip code is that?
        C: {POSTCODE: $zip}.
        A: Wonderful. It kicks in the first of $month, and there's a toothcare allowance, and $some2 rides a year.
        C: Rides, well. Does it cover my eye doctor downtown?
        A: It sure does, he's in network since $pastyear.
        C: Alright, mail it and I'll have her look it over.
        """,
    ),
    Shape(
        "v30_ski_injury",
        """
        A: Alpine Travel Cover, {PERSON: $name.first} speaking, whereabouts are you?
        C: Back home now, thank goodness. I came off on the last run of the last day and they kept me in for two nights.
        A: You poor thing. And what did the hospital say it was?
        C: {MEDICAL: $condition}, of all things, nothing to do with the fall. They gave me {MEDICAL: $medicine}.
        A: I see. You've got all the papers?
        C: In a carrier bag, yes, mostly in German.
        A: We can read those. They'll want to see which passport you travelled on.
        C: Burgundy one. {PASSPORT: $passport_uk}.
        A: Ta. And where should we settle it, the hospital wants $euros and you've paid some of it?
        C: I paid from my Irish account, so put it back in there. It's all on the app, {IBAN: $iban}.
        A: Great. The unused lift pass is $fee_pounds a day, we'd cover that too.
        C: I hadn't even thought of the lift pass.
        A: Most people don't. You'll hear within $some days, ask for {PERSON: $someone.first} if it drags.
        """,
        land="uk",
    ),
    Shape(
        "v31_jab_certificate",
        """
        A: Vaccination certificate support, how may I help?
        C: Sir, for my Canada travel the certificate should show passport, but mine is showing only Aadhaar.
        A: That can be added once. Please confirm the Aadhaar that is printed there.
        C: First four are covered. Then {AADHAAR: $aadhaar.g2, $aadhaar.g3}.
        A: Full number is required, I am sorry.
        C: Okay, {AADHAAR: $aadhaar}.
        A: A six digit number has gone to the registered mobile. Kindly wait till it reaches.
        C: That phone is with my brother, just hold. He is telling {OTP: $otp}.
        A: It is accepted. And now the passport.
        C: {PASSPORT: $passport_in}.
        A: I have entered {PASSPORT: $passport_in}. Second dose is showing on $date, is it right?
        C: Perfect. My flight is in $weeks, it will come by then?
        A: It is instant, sir, you can download after $minutes.
        C: Very nice. In the portal I was trying since $day, it was only loading.
        A: Because of heavy traffic it happens, please use it after nine p m.
        """,
        land="in",
    ),
)
