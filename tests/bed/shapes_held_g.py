"""Held-out calls of home, work and leisure: tickets, flowers, pets, rents, small firms, clubs."""

from __future__ import annotations

from .shape import Shape

LEISURE = (
    Shape(
        "v63_matinee_tickets",
        """
        A: Playhouse box office, this is {PERSON: $name.first}.
        C: Hi! It's my mother's birthday and I'd love the matinee on $date, the three of us, not too far back.
        A: How sweet. I have row F on the aisle, or the front mezzanine at $dollars.
        C: Is there a lot of leg room? She had her hip done.
        A: The aisle's better then, and there's an elevator. Those are $dollars2 apiece.
        C: Let's go with the aisle. Here's my Amex, {CARD_NUMBER: $amex.g1},
        A -200: Got it.
        C: {CARD_NUMBER: $amex.g2}, {CARD_NUMBER: $amex.g3}.
        A: Valid thru?
        C: {CARD_EXPIRY: $expiry}.
        A: And the tiny numbers over on the right?
        C: {CARD_CVV: $cvv_amex}.
        A: Wonderful. Print at home or will call?
        C: Send them to me, {EMAIL: $mail.spelled}.
        A: There's a talk with the cast after, it's about $minutes and it's free.
        C: She'll want to hug every one of them.
        """,
    ),
    Shape(
        "v64_cattery_deposit",
        """
        A: Whiskers Cattery, sorry about the noise, it's feeding time.
        C: Ah, they sound hungry. I've two cats need minding from $date, ten nights, and they don't get on.
        A: Side by side pens then, with a board between. That's $euros for the pair.
        C: Grand. How do I pay you, I don't have any cards?
        A: A transfer's fine. I'll call it out, it's a long one. {IBAN: $iban}.
        C: Hold on, you've lost me after the start. Can you go slower?
        A: {IBAN: $iban.slow}.
        C: Got it all that time. What should I put as the reference?
        A: The cats' names. And yourself, where are you, so I can post the form?
        C: {ADDRESS: $place_ie}.
        A: Have you the eircode?
        C: {POSTCODE: $eircode}.
        A: And what's the best number to get you on if one's off his food?
        C: {PHONE: $phone_uk}. The ginger one would eat the door.
        A: Sure they'll be spoiled. Bring the vaccine books, and a blanket that smells of home.
        """,
        land="uk",
    ),
    Shape(
        "v65_villa_wedding",
        """
        A: Villa Serena events, {PERSON: $name.first} speaking, congratulations again!
        C: Thank you! We've gone for the Saturday, and about $some guests, maybe a few more.
        A: Up to a hundred and twenty fits on the terrace. So the second instalment is $euros.
        C: That's what we're ringing about, did the first one ever arrive?
        A: We had something without a name. From which account did you send it?
        C: A German one, it's my fiance's. {IBAN: $iban}.
        A: Would you mind doing the last part again?
        C: The last part's {IBAN: $iban.g5}.
        A: That's it, I've found it, it's yours. Now, for the town hall, whose passports are we using?
        C: Mine first. {PASSPORT: $passport_uk}. His I'll have to email.
        A: By $month is fine. Have you thought about the band, they do four sets of $minutes?
        C: We have a playlist, and his uncle does the accordion, heaven help us.
        A: Lovely. The oven man charges $few euros a head for pizza at midnight.
        C: Oh yes. Definitely the pizza.
        """,
        land="uk",
    ),
    Shape(
        "v66_demat_opening",
        """
        A: Dhan Securities, {PERSON: $name.first} speaking, account opening team.
        C: I started the form on the app yesterday, but at step $few it got stuck and selfie is not uploading.
        A: Selfie we can skip, I do it by call. Your PAN first.
        C: {PAN: $pan}.
        A: Then Aadhaar, say comfortably.
        C: In Hindi I will say. {AADHAAR: $aadhaar.g1, $aadhaar.g2},
        A -200: Ji.
        C: {AADHAAR: $aadhaar.g3}.
        A: On your phone there is a message from the depository?
        C: There are so many messages from you. Is it {OTP: $otp}?
        A: It is, thank you. Yearly charge is $rupees, first year is free. Delivery is zero brokerage, for intraday
        it is twenty rupees an order.
        C: My friend made $percent in one month, is it possible?
        A: It is possible to lose also, sir. First do with a small amount. It will be active by $day.
        C: Then where should the dividend come?
        A: To the bank which you added. You can change it later.
        """,
        land="in",
        digits="hi",
    ),
    Shape(
        "v67_letting_reference",
        """
        A: Harbour Lettings, {PERSON: $name.first} speaking.
        C: Hi, we viewed the top floor flat on $day, the one with the slopey ceilings. We'd like it.
        A: Oh, brilliant, the owner will be chuffed. It's $pounds a month, and five weeks' deposit.
        C: We knew that. What happens next?
        A: Referencing. I can begin it now. Full name?
        C: {PERSON: $someone}.
        A: Born?
        C: {DOB: $dob}.
        A: N I number, if you know it offhand?
        C: Yep, {NINO: $nino}.
        A: And where your wages go in, for the bank check?
        C: Sort code's {SORT_CODE: $sort}. Number's {ACCOUNT: $account_uk}.
        A: All noted. They ring your employer, it's about $few days. Any pets?
        C: A tortoise, if that counts. He's $years old.
        A: I think we can stretch to a tortoise. Bins are Tuesdays, and the boiler was new in $pastyear.
        """,
        land="uk",
        mono=True,
    ),
    Shape(
        "v68_contractor_invoice",
        """
        A: Accounts payable, {PERSON: $name.first} speaking.
        C: Hi, I did the tile work in your lobby back in $month and I'm still waiting on a check for $dollars.
        A: Let me look. It's approved, but you're set up for paper and it bounced around. You want it wired?
        C: That'd be great. It's a business account at the credit union.
        A: Okay, who's the bank, number wise? I mean the A B A.
        C: Oh, {ROUTING: $routing}.
        A -250: Uh huh.
        C: Then the business account, {ACCOUNT: $account_us.g1, $account_us.g2}, um, {ACCOUNT: $account_us.g3}.
        A: Reading that back, {ROUTING: $routing}, and {ACCOUNT: $account_us}.
        C: You nailed it.
        A: And since you're a sole proprietor, the ten ninety nine goes under your social?
        C: Yeah, {SSN: $ssn}. I keep meaning to get one of those other numbers.
        A: They're free, it takes $minutes online. This should land on $day.
        C: Fantastic. If you need the second floor done, I've got $few pallets left over.
        A: I'll pass that on to facilities, they've been talking about it.
        """,
    ),
    Shape(
        "v69_camera_offline",
        """
        A: Wombat Cams support, {PERSON: $name.first} here, how ya going?
        C: Yeah not bad. Two of the cameras at the farm have dropped out and I reckon something's pinching the lambs.
        A: Crikey. Let's get some eyes on it. Are you near the recorder?
        C: I'm in the shed with it now, there's an address on the screen. {IP: $ip}.
        A: And the camera by the dam, has that got one too?
        C: It's showing {IP: $ip2}.
        A: Ah, they're on different networks. Log into the recorder for me, who's it set up as?
        C: Me daughter did it. {USERNAME: $username}.
        A: And did she write the password somewhere?
        C: Inside of the cupboard door. {PASSWORD: $password}.
        A: Ripper, that's got us in. I'm pointing both at the same box.
        C: There's the dam. And there's a flipping fox, look at him.
        A: Mystery solved. It keeps about $some days of footage, then it records over.
        C: What's a bigger drive worth?
        A: Four terabytes is $dollars posted, takes $few screws.
        """,
        land="au",
    ),
    Shape(
        "v70_gym_freeze",
        """
        A: Thanks for ringing Ironbark Fitness. Type in your door pin, followed by hash.
        C 1100: {PIN# $pin.keys}
        A: And the card you pay with, all sixteen.
        C 900: {CARD_NUMBER# $card.keys}
        A 1500: You're talking to {PERSON: $name.first}, you typed that card in faster than I could grab the phone.
        C: I get plenty of practice. Listen, I've done me ankle at netball, can you freeze us for a bit?
        A: Aw no. How long are we talking?
        C: Physio says $weeks, then light stuff only.
        A: I can pause it up to ninety days, it's $fee_dollars a week while you're frozen instead of $some.
        C: Sweet. And I want to change cards while I'm here, this one's about to run out.
        A: Go for it.
        C: {CARD_NUMBER: $card2}, {CARD_EXPIRY: $expiry}.
        A: C V C?
        C: {CARD_CVV: $cvv}. And me door pin stays as it is, {PIN: $pin}?
        A: Same as ever. There's a chair yoga class at $time on $day if you get bored.
        C: Chair yoga, I might just.
        """,
        land="au",
    ),
    Shape(
        "v71_van_apprentice",
        """
        A: Trade Start apprenticeships, {PERSON: $name.first} speaking.
        C: Hello, I got the place with the electricians, and they said to ring you so that I'm on the books.
        A: Well done, there were $many after that. Let's get you on. Can you drive?
        C: I passed in $month, second go.
        A: Then they'll want it for the van insurance. Do you see section five on your photocard?
        C: Yeah, it's a right long one. {LICENCE: $licence_uk}.
        A: Thank you. And have you had your N I letter, the one you get at sixteen?
        C: Mum's got it here. {NINO: $nino}.
        A: Brilliant. How old does that make you, or rather, what's the birth date?
        C: {DOB: $dob}.
        A: Perfect. It's four days on site, one at college, and $pounds a week to begin with.
        C: Do I need my own tools?
        A: They lend you a set, you buy the boots. First day's $date, half seven at the yard.
        C: Half seven in the morning? Alright.
        """,
        land="uk",
    ),
    Shape(
        "v72_sorry_flowers",
        """
        A: Petal and Stem, {PERSON: $name.first} speaking, what's the occasion?
        C: I forgot our anniversary. It was yesterday. So, something big.
        A: Oh boy. We've got two dozen roses at $dollars, or the wildflower one, it's less predictable.
        C: Wildflower, she'd like that. Can they get there before five?
        A: If you order in the next $minutes. Where am I sending them?
        C: To her work, {ADDRESS: $address_us.street}. It's the law office, front desk.
        A: Addressed to?
        C: {PERSON: $someone}. Put, I'm an idiot, love you.
        A: I'll draw a little heart. Go ahead with your payment.
        C: Okay. {CARD_NUMBER: $card_fours.g1, $card_fours.g2, $card_fours.g3}.
        A: That's twelve.
        C: Sorry, {CARD_NUMBER: $card_fours.g4}. Expires {CARD_EXPIRY: $expiry}. {CARD_CVV: $cvv} on the back.
        A: You've done this before. I'm adding chocolates, on the house.
        C: You might have saved my marriage. Can I do a reminder for next year?
        A: Already set, for the week ahead of it.
        """,
    ),
)
