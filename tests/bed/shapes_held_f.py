"""Held-out calls about sites, codes and menus: streaming, games, servers, shares, gates, gift cards."""

from __future__ import annotations

from .shape import Shape

ACCESS = (
    Shape(
        "v53_stranger_watching",
        """
        A: Streamly support, {PERSON: $name.first} here, what are we watching today?
        C: That's the thing, somebody else is watching on mine. There's cartoons in my history and I live alone.
        A: Let's kick them out. What email do you use with us?
        C: {EMAIL: $email}.
        A: I see $few devices, one of them is a TV that's nowhere near you.
        C: I knew it. I used the same password on a recipe site, could that be it?
        A: That'll do it. Which password is that, so that I block it for you?
        C: {PASSWORD: $password}.
        A: Okay, blocked. Pick something fresh, at least ten characters.
        C: Um, how about {PASSWORD: $passphrase}?
        A: {PASSWORD: $passphrase}, saved, and everybody's signed out. Which card should the plan stay on, do you
        know the ending?
        C: The one that ends {CARD_NUMBER: $card.last4}, I think.
        A: Yes. And since someone ran it up to four screens, I'm taking $fee_dollars off.
        C: That's nice of you. Does my list stay, I had $some movies saved?
        A: It's all still there. Just skip the talking pig ones.
        """,
    ),
    Shape(
        "v54_console_account",
        """
        A: Player support, you're chatting with {PERSON: $name.first}.
        C: Hiya, it's my daughter's console, it's saying her account's been used in Brazil and she's in bits.
        A: Aw, bless her. What's she called in the game?
        C: {USERNAME: $login}.
        A: And how would I spell that?
        C: As it sounds. The bit for the parent is mine, mind, I set that up.
        A: Fab, so what did you choose for the parent password?
        C: Promise not to laugh, {PASSWORD: $passphrase}.
        A: I've heard far worse. A code's gone to your mobile.
        C: {OTP: $otp_eight.g1},
        A -200: Yep.
        C: {OTP: $otp_eight.g2}.
        A: That's you proven. So they spent two thousand coins on hats, I can put those back.
        C: Hats! She saved up since $month for those coins.
        A: They'll be there in $minutes. And I've added five hundred for her trouble.
        C: You've made a nine year old very happy.
        """,
        land="uk",
    ),
    Shape(
        "v55_server_not_reachable",
        """
        A: Cloud desk, {PERSON: $name.first} this side, ticket is open.
        C: Our booking site is down since $time, clients are shouting. I am not able to connect to the machine.
        A: What is the public address of that machine?
        C: {IP: $ip}.
        A: It is replying to ping in $some milliseconds. Login is with key or with password?
        C: Password. It is long, note it. {PASSWORD: $password.spelled}.
        A: Small letters in the beginning?
        C: First two small, then capital, everything else as I said. {PASSWORD: $password.spelled}.
        A: I am inside now. Disk is full, log files are using $many gigabytes.
        C: Oh God. Intern must have put debug on.
        A: I removed the logs older than $weeks. The second machine also you want me to see?
        C: Please. That is {IP: $ip2}, same login.
        A: That is healthy, load is only $few percent.
        C: Site is opening now! You people are fast.
        A: Kindly put log rotation. And upgrade to $version before $month.
        """,
        land="in",
    ),
    Shape(
        "v56_parcel_at_gate",
        """
        A: Quick Parcel partner support, {PERSON: $name.first} here.
        C: Your boy is standing down at the gate with my mixer, and he is not giving without the code.
        A: It is for your own safety, madam. What is the order it came under?
        C: In the message it is {BOOKING_REF: $booking}.
        A: Yes, mixer grinder, seven hundred fifty watts. Has the delivery code come?
        C: Two came. First was {OTP: $otp_four}, then after some time {OTP: $otp_four2}.
        A: The later one works. You may tell him directly, or I put it from here.
        C: You only put, I am on fourth floor and the lift is not working.
        A: So {OTP: $otp_four2}, I am entering. Yes, he can hand over to security now.
        C: And it was to be paid on delivery, $rupees. I will do U P I.
        A: The request will come to which U P I?
        C: {UPI: $upi}.
        A: Sent. If jar is cracked you may return within $few days.
        C: Last time the lid was missing, so I will open it in front of the guard.
        """,
        land="in",
    ),
    Shape(
        "v57_gift_card_menu",
        """
        A: Thanks for calling the Cedar and Main gift card line. To hear a balance, enter all sixteen digits, no spaces.
        C 1500: {CARD_NUMBER# $card.keys}
        A: Scratch off the silver strip and enter what's underneath.
        C 1800: {PIN# $pin.keys}
        A: That doesn't match. Let's try it again.
        C 1000: {PIN# $pin2.keys}
        A: Still no match. Transferring you.
        A 1700: Hey, {PERSON: $name.first} with gift cards, it's those scratch strips, isn't it?
        C: It is, I took half the numbers off with my quarter. It's from my aunt, supposed to be $dollars.
        A: Happens daily. What can you make out on it?
        C: It's either {PIN: $pin2} or, no wait, in the sunlight it's {PIN: $pin3}.
        A: Second one's the charm. You've got all of it, nothing's been spent.
        C: Woohoo. Can I use it at the outlet by the interstate?
        A: Any of our $many stores and online. It never expires either.
        C: Good, there's a patio set I've been eyeing, it's thirty percent off till $day.
        """,
    ),
    Shape(
        "v58_brokerage_trade",
        """
        A: Summit Brokerage, {PERSON: $name.first} on a recorded line.
        C: Hi. I'd like to sell some shares before the close but the app won't let me in and it's almost $time.
        A: Let's move quick. Your login name?
        C: {USERNAME: $username}.
        A: There's a couple questions set up. Who taught you in fourth grade?
        C: {SECURITY_ANSWER: $teacher}.
        A: And where'd you have your first job?
        C: I think I wrote {SECURITY_ANSWER: $firstjob}, didn't I?
        A: Works for me. There's one more hoop, your phone should show a code.
        C: {OTP: $otp_pairs}.
        A: You're verified. What are we selling?
        C: Two hundred of the railroad, at the market.
        A: It's at $some and a quarter right now. That's about $thousands before commission. Shall I?
        C: Please, go.
        A: Filled, at a nickel better than quoted. It settles on $day.
        C: Great. The rest I'll hang on to, the dividend's $percent.
        """,
    ),
    Shape(
        "v59_tire_shop",
        """
        A: Big Al's Tires, {PERSON: $name.first}, what you need?
        C: Hi, four tires for a minivan, two fifteen sixty sixteens. The other shop quoted me $dollars, which is
        crazy.
        A: I can beat that. I got a decent all season, sixty thousand miles, $dollars2 installed.
        C: That includes the balancing and everything?
        A: The whole nine yards, plus I throw the old ones away. You want me to hold a set?
        C: Yes please, for tomorrow. You need a deposit?
        A: Just fifty bucks, whatever card you like.
        C: Okay. I say my numbers in Spanish, you tell me if that's bad. {CARD_NUMBER: $card_fours.first}.
        A -250: No, it's cool.
        C: {CARD_NUMBER: $card_fours.rest}.
        A: Gimme the little three digit deal.
        C: {CARD_CVV: $cvv}.
        A: And who's bringing it in?
        C: My brother, {PERSON: $someone}, he has the day off.
        A: Have him come around $time. It takes $minutes if the lot's not packed.
        """,
        digits="es",
    ),
    Shape(
        "v60_school_portal",
        """
        A: Hollow Oak Elementary, front office.
        C: Hi, I'm trying to sign my twins up for after school robotics and the parent site won't take me.
        A: You're about the tenth today. Who are the twins with this year?
        C: Second grade, one's with Mrs {PERSON: $someone.last}, the other's across the hall.
        A: Okay. What've you been using to get in, is it your email?
        C: Yes, {EMAIL: $mail}.
        A: That part's good. And the word you made up for it?
        C: It's {PASSWORD: $password}.
        A: I bet it wants a capital. I'll just give you another one, ready to write?
        C: Let me grab a crayon.
        A: {PASSWORD: $passphrase}. Just like it sounds.
        C: {PASSWORD: $passphrase}. Oh, I'm in! Robotics is $dollars each?
        A: Less twenty percent for siblings, and it's $few Tuesdays, until four thirty.
        C: Perfect, that saves me the early pick up. Do they need to bring anything?
        A: A snack and a water bottle. No peanuts.
        """,
        mono=True,
    ),
    Shape(
        "v61_unemployment_line",
        """
        A: State workforce claim line. Using your phone's keys, put in your social security number.
        C 1500: {SSN# $ssn.keys}
        A: Put in the pin you created when you filed.
        C 1100: {PIN# $pin.keys}
        A: Your last payment went out on $date. To speak to someone, stay on the line.
        A 2500: Claims, {PERSON: $name.first} speaking, I appreciate you waiting that long.
        C: No sweat, I've got nothing but time since the plant closed. My payment was short by about $dollars.
        A: I'm seeing that. Did you report some hours from a side job?
        C: I did $few hours of yard work for my neighbor, yeah, for sixty bucks.
        A: So it knocked it down dollar for dollar above the first fifty. And I have to ask, is the social still the one
        that ends in {SSN: $ssn.last4}?
        C: Hasn't changed in forty years.
        A: Then it's correct, you'll get the usual amount next week. Are you doing your three job contacts?
        C: More like ten. I got a call from the cabinet shop.
        A: I hope that pans out. You have $some weeks left on this one.
        """,
        hold=True,
    ),
    Shape(
        "v62_storage_gate",
        """
        A: Lock and Leave Storage, {PERSON: $name.first} speaking.
        C: I'm out here at the gate with a rental truck on the clock, and the box keeps beeping at me.
        A: Uh oh. What did you punch in?
        C: {PIN: $pin}, then the star.
        A: Try the pound sign in place of the star.
        C: {PIN: $pin}, pound. Nope, red light again.
        A: It may have locked you out 'cause the rent's a few days late, I show $dollars.
        C: Shoot, my card got replaced. Can I fix that now, from the truck?
        A: You sure can, whenever you're ready.
        C: New one's {CARD_NUMBER: $card}.
        A: What's it expire?
        C: {CARD_EXPIRY: $expiry}, and the code there is {CARD_CVV: $cvv}.
        A: All caught up. Your new gate number is {PIN: $pin2}, go ahead and try it.
        C: It's opening. Is the elevator big enough for a piano?
        A: Ten by eight, and the cart's by door $few. Office shuts at six.
        """,
    ),
)
