"""Held-out calls about lines, machines and logins: telephone, internet, help desks, alarms."""

from __future__ import annotations

from .shape import Shape

LINES = (
    Shape(
        "v32_router_lights",
        """
        A: Fibreway technical, {PERSON: $name.first} speaking, what's it doing?
        C: Nothing, that's the trouble. The light's gone orange and my lad can't do his homework.
        A: We can't have that. Is there anything on the back, a sticker with the address of the router?
        C: There's I P, is that it? {IP: $ip}.
        A: Yep. If you put that in the browser, it'll ask you to sign in.
        C: It wants a user. I've got the card they left. {USERNAME: $login}.
        A: And what's under it?
        C: {PASSWORD: $password.spelled}.
        A: Could I just have you say that once more, a bit slower?
        C: {PASSWORD: $password.spelled}.
        A: Thanks, I'm in from this end as well. You're only getting $megabits and you pay for nine hundred.
        C: It's been slow since the digger was outside, to be honest.
        A: That'd be the joint in the box, then. I can get an engineer out on $day between eight and one.
        C: That's fine, I work from home anyway, such as it is.
        A: I'll credit you $fee_pounds for the bother.
        """,
        land="uk",
    ),
    Shape(
        "v33_taking_number_along",
        """
        A: Pine Wireless porting, {PERSON: $name.first} on the line.
        C: Hey, we're moving our family plan to y'all but the old company won't let the numbers go.
        A: Let's see what's hanging it up. Which number's stuck?
        C: {PHONE: $phone_us}.
        A: They're saying the account number doesn't match. What's on the old bill?
        C: I've got it here. {ACCOUNT: $account_us}.
        A: Okay, that's different from what we sent. Then there's the transfer pin they make you ask for.
        C: They texted me that. It was {PIN: $pin_six}, I wrote it on a napkin.
        A: I'll resubmit with {PIN: $pin_six}.
        C: Yep.
        A: And just to be safe, the last four of the account owner's social?
        C: That's my husband, so {SSN: $ssn.last4}.
        A: Alright. Usually it moves inside of $some minutes for cell, up to $few days for a landline.
        C: Will the kids' phones drop out while it's going on?
        A: Maybe for a minute or two, around $time tonight.
        C: They'll survive, I think.
        """,
    ),
    Shape(
        "v34_locked_out_monday",
        """
        A: I T service desk, {PERSON: $name.first} speaking.
        C: Hiya, it's the usual Monday thing, back from leave and it's locked me out.
        A: You and half the building. What do you log on with?
        C: {USERNAME: $username}.
        A: Which office are you in, in case I need to send somebody up?
        C: I'm on $floor, by the big printer that never works.
        A: Ha, we know it well. Right, you've got a memorable question, what was your first car?
        C: {SECURITY_ANSWER: $firstcar}.
        A: Good taste. I've set a temporary one, have you a pen?
        C: Fire away.
        A: It's {PASSWORD: $passphrase}.
        C: Let me try. {PASSWORD: $passphrase}, is it?
        A: That's it, and it'll make you choose a new one straight off.
        C: It's thinking. There, it's let me in. I've got $many emails, lovely.
        A: Start with the ones about cake. And the new version is $version, so it might want a restart at lunch.
        C: Oh, the joys. Thanks ever so much.
        """,
        land="uk",
    ),
    Shape(
        "v35_power_bill_shock",
        """
        A: Coastal Energy, {PERSON: $name.first} speaking, thanks for your patience.
        C: G'day. Me bill's gone from $dollars to nearly double and we've been away half the quarter.
        A: That does sound off. I'll need the customer number, it's above the barcode.
        C: {ACCOUNT: $account_au}.
        A: And is that for the shed or the house?
        C: House. {ADDRESS: $place_au}.
        A: Okay, it was an estimated read. Can you wander out to the meter for us?
        C: I'm standing in front of it, she says $thousands.
        A: Then you've been overcharged, we guessed about a third higher. Hot water on off peak?
        C: Should be, there's two meters, the little one reads $many.
        A: That's good. I'll get a new one out to you, should be closer to $dollars2.
        C: Can you email that instead of post?
        A: For sure, what's the best one?
        C: {EMAIL: $email}.
        A: Easy. And it's due $date, so no rush.
        """,
        land="au",
    ),
    Shape(
        "v36_lost_sim_market",
        """
        A: Bharat Mobile store support, {PERSON: $name.first} speaking.
        C: My phone was stolen in the vegetable market on $day. I want the same number on new SIM.
        A: Very sorry to hear that. Old number, please?
        C: {PHONE: $phone_in}. Police complaint I have given, they gave one paper with stamp.
        A: Then I only have to match your Aadhaar with the form.
        C: I have it by heart. {AADHAAR: $aadhaar.first}
        A -200: Haan ji.
        C: {AADHAAR: $aadhaar.rest}.
        A: So {AADHAAR: $aadhaar}. And on the alternate phone what have you received?
        C: That is my neighbour's phone, she is reading, {OTP: $otp_four}.
        A: Done. New SIM will start in $few hours, keep it in the phone and restart two times.
        C: The balance was $rupees, that will be there?
        A: Whatever was there will continue. For SIM it is only fifty rupees.
        C: And my photos, everything is gone, no?
        A: If backup was on, they will come when you sign in.
        """,
        land="in",
    ),
    Shape(
        "v37_shop_mailbox",
        """
        A: Hosting support, this is {PERSON: $name.first}, how are things?
        C: Not great. I run a little pottery shop and my mail stopped, so I'm missing orders.
        A: Let's get you back up. Which address is it that stopped?
        C: It's {EMAIL: $mail}.
        A: Mind if I try signing in as you? I'd need what you use right now.
        C: It's kinda silly. {PASSWORD: $passphrase}.
        A: No judgment here. Okay, that is right, but it's sending a text for the second step.
        C: Hold on, it's under the clay somewhere. {OTP: $otp}.
        A: Expired on me. I'll trigger another.
        C: {OTP: $otp2}.
        A: Bingo. So your box is full, it's at $percent over. You've got $thousands messages in here.
        C: I never delete anything. Can I buy more room?
        A: Five more gigs is $fee_dollars a month.
        C: Do it. I've got a kiln to unload.
        A: Done, and the ones that bounced will retry over the next $some hours.
        """,
    ),
    Shape(
        "v38_field_laptop",
        """
        A: Remote access team, {PERSON: $name.first}.
        C: Hi {PERSON: $name.first}, I'm at a customer's plant and the tunnel keeps dropping, and I've got a demo
        at $time.
        A: Tight. Okay, what address does it show you at the bottom of the window?
        C: {IP: $ip}.
        A: And the gateway below it?
        C: {IP: $ip2}.
        A: That's the old gateway, we retired it in $month. Who are you signed in as?
        C: {USERNAME: $login.spelled}.
        A: Let me push you the new profile. Your token, what's it reading?
        C: It just flipped. {OTP: $otp}.
        A: Ah, I was too slow, and now?
        C: {OTP: $otp2}.
        A: There, you're connected. It should hold, the lag is about $some milliseconds.
        C: That's a big improvement, it was over four hundred.
        A: If the plant has guest wifi, stay off it, use your hotspot.
        C: The walls here are three feet thick, but I'll sit by the window.
        """,
    ),
    Shape(
        "v39_alarm_going_off",
        """
        A: Sentinel Monitoring, we have an alarm at your property, am I speaking with the homeowner?
        C: Yes, that's me, that's my fault, I came in through the garage with both arms full.
        A: Okay. What's your safe word?
        C: Uh, {PASSWORD: $password.word}.
        A: I show something else.
        C: Oh, my wife changed it. {PASSWORD: $passphrase.word}?
        A: Thank you, that's it. Is it still sounding?
        C: Can't you hear it? The dog's losing his mind.
        A: I do. Go to the keypad and punch in your disarm digits.
        C: I thought I did. It's {PIN: $pin}, right?
        A: I can't see those, sir, but try it one more time, slowly.
        C: {PIN: $pin}. There, it quit.
        A: Good. And which house is this, so I can call off the patrol?
        C: {ADDRESS: $address_us}.
        A: Canceled. You get $few free false alarms a year, after that it's $fee_dollars apiece.
        C: Understood. I'll use the front door like a normal person.
        """,
    ),
    Shape(
        "v40_water_meter_menu",
        """
        A: Welcome to Valley Water. Touch in the eight figures from your last bill.
        C 1200: {ACCOUNT# $account_uk.keys}
        A: And your birthday, day, month and year, as eight figures.
        C 1200: {DOB# $dob.keys}
        A: Finally, your telephone pin.
        C 900: {PIN# $pin.keys}
        A 1600: Good morning, {PERSON: $name.first} here. I can see you've been round the houses with the machine.
        C: I have a bit. I wanted to go onto a meter, now that it's only me rattling about.
        A: It's usually worth it. How many bedrooms have you got?
        C: Three, though I only heat the one.
        A: And baths or showers?
        C: A bath on Sundays and the garden in summer, two cans a night.
        A: Then you'd save about $pounds a year. Fitting's free, and it takes $minutes.
        C: Do they dig up the drive? It's only just been done.
        A: No, they go in where the stopcock is. I've a slot on $date.
        C: That'd be grand.
        """,
        land="uk",
    ),
    Shape(
        "v41_dish_recharge",
        """
        A: Sitara D T H, good evening, {PERSON: $name.first} speaking.
        C: My picture is gone since $time, and the India match is starting.
        A: I will do it fast, sir. Registered mobile?
        C: {PHONE: $phone_in}.
        A: The pack got over yesterday. Same pack is $rupees for one year or two hundred ninety nine for the month.
        C: One month only. Pay by U P I, send the request to {UPI: $upi}.
        A: I have sent to {UPI: $upi}. Kindly approve it on your phone.
        C: It is asking my U P I pin, I should put it?
        A: Yes, put it there only, don't tell me.
        C: Done. Still it is showing error number fifty two.
        A: Keep the box on channel $many. It takes up to $few minutes.
        C: Score must be already thirty for no loss.
        A: Ha ha, I hope so, sir. Now is it coming?
        C: It came, sound also came. You saved the evening.
        A: For this trouble I have added $few2 days free.
        """,
        land="in",
    ),
)
