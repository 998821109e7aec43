"""Held-out calls with offices and employers: taxes, benefits, permits, papers, first days at work."""

from __future__ import annotations

from .shape import Shape

OFFICES = (
    Shape(
        "v42_overpaid_tax",
        """
        A: Tax enquiries, {PERSON: $name.first} speaking, apologies for the wait.
        C: Forty minutes of pan pipes. Anyway, I've a brown envelope saying I've overpaid, which makes a change.
        A: Good news for once. What's your national insurance?
        C: {NINO: $nino}.
        A: So that's {NINO: $nino}, is it?
        C: Aye.
        A: It's for the year you changed jobs, you were on an emergency code for $weeks. There's $pounds to come back.
        C: I'd rather not have a cheque, the bank's shut in our village.
        A: We can pay it straight in. Sort code first, then the account.
        C: Right you are. {SORT_CODE: $sort.g1, $sort.g2}, and {SORT_CODE: $sort.g3}.
        A -150: Mm.
        C: And {ACCOUNT: $account_uk}.
        A: That'll be with you by $date. Are you still doing the odd gardening job on the side?
        C: Only for next door, he gives me a tenner and a bag of beans.
        A: Under a thousand a year you needn't tell us.
        """,
        land="uk",
    ),
    Shape(
        "v43_return_rejected",
        """
        A: Hi, tax software help, my name's {PERSON: $name.first}.
        C: So the IRS kicked back my return, it's the second time, and I'm on a deadline.
        A: Let's get it through. What's the reject code say, it's a letter and some numbers?
        C: It just says something about an identity protection pin.
        A: Got it. They mail you a new one each January, six digits.
        C: The blue letter? I've got that. {PIN: $pin_six}.
        A: Great. I'm typing it in by your name. And your social on line one ends with what?
        C: {SSN: $ssn.last4}.
        A: Weird, that's not what's in here. Would you give me all nine?
        C: {SSN: $ssn}. Did I fat finger it?
        A: You flipped two. It's common. Fixing it, resubmitting. Your refund's still $dollars.
        C: Phew. And the student loan interest, the $dollars2, is that in there?
        A: It's on there, line twenty one. The state part is separate, and costs $fee_dollars.
        C: Fine by me. How soon will I know?
        A: Anywhere from $minutes to a day. Green check mark means accepted.
        """,
    ),
    Shape(
        "v44_carer_payment",
        """
        A: Carer's payments, good morning, who am I speaking with?
        C: {PERSON: $someone}. I look after my brother, and the money's not gone in this week.
        A: I'm sorry about that, {PERSON: $someone.first}. When you first claimed you gave us a word for security.
        C: Was it the name of my pet? {SECURITY_ANSWER: $pet}?
        A: It was the primary school.
        C: Oh. {SECURITY_ANSWER: $school}.
        A: Thank you. And could you tell me what's on your orange card, two letters, six numbers, a letter?
        C: It's about worn off. {NINO: $nino}, I'm nearly certain.
        A: That matches. The payment's on hold because a letter came back to us.
        C: They've renamed our close, that'll be why. The postcode's different and all, {POSTCODE: $postcode}.
        A: I've changed it. You'll get both weeks together on $day, so $pounds.
        C: Thank heavens. The electric's on a key, and it was down to the last couple of quid.
        A: There's a hardship grant of $fee_pounds if you're ever stuck, just ask for it.
        C: I never knew that. Bless you.
        """,
        land="uk",
    ),
    Shape(
        "v45_motor_vehicles",
        """
        A: Motor vehicles, window services by phone, go ahead.
        C: Hi, I moved here from out of state in $month and I guess I'm supposed to swap my license.
        A: You had thirty days, but we won't tell. What's on the old license, there's a letter out front?
        C: {LICENCE: $licence_us}.
        A: Any tickets in the last $few years?
        C: One for speeding, I was doing like nine over.
        A: That's alright. And we run it against social security, so I'll take that now.
        C: {SSN: $ssn.first}
        A -200: Okay.
        C: {SSN: $ssn.rest}.
        A: It came back clean. Would you want to do the truck at the same time, the tag on it?
        C: Might as well. {PLATE: $plate_us}.
        A: {PLATE: $plate_us}. It's $dollars for both, and the eye test's on the spot.
        C: Do I have to take the written one?
        A: Not if yours hasn't lapsed. Get here before $time and you'll be out in $minutes.
        C: That'd be a first for a D M V.
        """,
    ),
    Shape(
        "v46_ration_card_name",
        """
        A: Food supply helpline, {PERSON: $name.first} speaking, please tell me your problem.
        C: Shopkeeper is not giving rice. He says machine is not accepting my finger.
        A: For how many months is this happening?
        C: Since $month. For $few people in the house we get some kilos each.
        A: Your Aadhaar may have to be joined again with the card. Say it slowly in Hindi also, no problem.
        C: {AADHAAR: $aadhaar.slow}.
        A: I could not get the last part.
        C: {AADHAAR: $aadhaar.g3}.
        A: Thank you. Your mobile will get one number, when it comes tell me.
        C: Wait, my son is bringing phone from upstairs. {OTP: $otp}.
        A: It is wrong, he is seeing the older message. Look for the new one.
        C: Okay. {OTP: $otp2}.
        A: It is joined now. After $few2 days go to the shop and try with the other thumb.
        C: And what about the wheat of the last two months?
        A: That has been kept, he must give you. Otherwise tell the inspector on $day.
        """,
        land="in",
        digits="hi",
    ),
    Shape(
        "v47_new_hire_forms",
        """
        A: People operations, hi, this is {PERSON: $name.first}, welcome aboard!
        C: Thank you, I'm pretty excited. Your email said I could finish the paperwork by phone.
        A: Right, you start $day, and there are $few screens left. First one wants your social.
        C: It's {SSN: $ssn}.
        A: I've got {SSN: $ssn}.
        C: You got it.
        A: Next, something to prove who you are. Most folks do a driver's license.
        C: Sure, mine's from here. {LICENCE: $licence_us}.
        A: Then direct deposit. Do you know your bank's routing?
        C: Let me open the app. {ROUTING: $routing}, and {ACCOUNT: $account_us} is the account.
        A: Perfect. Shirt size? They give you two polos.
        C: Large, I guess. How does lunch work over there?
        A: Half an hour, paid, and there's a grill truck on $day2. Parking is lot $few2.
        C: And steel toes, do I buy those?
        A: You get $dollars toward boots, keep the receipt.
        """,
    ),
    Shape(
        "v48_pan_spelling",
        """
        A: Income tax PAN services, {PERSON: $name.first} speaking.
        C: On my card my father's name is having one extra letter. Bank is refusing to give locker because of that.
        A: It can be corrected, the fee is one hundred seven rupees. What is printed on the card below the photo?
        C: {PAN: $pan.nato}.
        A: Let me check it. {PAN: $pan}.
        C: Right, right.
        A: Date of birth is correct on it or that also is to be changed?
        C: That is okay, {DOB: $dob}.
        A: For paperless mode I have to take Aadhaar.
        C: Take. {AADHAAR: $aadhaar}.
        A: The name there is with single L?
        C: Single, yes. In school certificate also it is single.
        A: Very well. New card will come to you in about $some days, soft copy before that.
        C: In soft copy the locker people will agree?
        A: It is valid everywhere, sir. If not, show them the Q R code.
        """,
        land="in",
    ),
    Shape(
        "v49_loan_servicer_site",
        """
        A: College loan servicing, this is {PERSON: $name.first}, how's it going?
        C: Okay, I guess. I want to get on the cheaper plan but the website's being a jerk to me.
        A: I can relate. What do you put in the first box when you sign in?
        C: {USERNAME: $username}.
        A: And what are you typing under it? I can test whether it's that.
        C: For real? {PASSWORD: $passphrase}.
        A: That was the old one, I think, it got reset in $month.
        C: Then maybe {PASSWORD: $passphrase2}.
        A: Nope. I'd better do it from here. Your full social?
        C: {SSN: $ssn}.
        A: Okay, there you are. You've got $thousands left at $percent.
        C: Don't remind me. I teach third grade, I make about thirty eight a year.
        A: Then your payment would go from $dollars to roughly $some bucks. And after ten years the rest is forgiven.
        C: Seriously? Nobody told me that in the $years I've had these.
        A: Well, now you know. I'll have the form there by $day.
        """,
    ),
    Shape(
        "v50_toll_violation",
        """
        A: Tollway violations, {PERSON: $name.first} speaking.
        C: Hi, I got three letters for the bridge and I have the little sticker in the window, so I don't know why.
        A: It probably didn't read. What's the tag on the vehicle?
        C: It's {PLATE: $plate_us}. I can say the numbers better in Spanish, if that's okay.
        A: Sure, I grew up with both. Do you remember your account pin?
        C: {PIN: $pin}.
        A: Got it. Your card on file expired, that's what happened, so the sticker got turned off.
        C: Oh no. Can I give you the new one?
        A: Of course, and I'll drop the fines, so it's $dollars instead of $dollars2.
        C: Oh, you're an angel. {CARD_NUMBER: $card}.
        A: What date's stamped under that?
        C: {CARD_EXPIRY: $expiry}.
        A: Now the three on the back, also in Spanish if you want.
        C: {CARD_CVV: $cvv}.
        A: Everything's current. Try to mount it $few inches under the mirror.
        C: My kids keep peeling it off, they're four and six.
        """,
        digits="es",
    ),
    Shape(
        "v51_scholarship_credit",
        """
        A: Minority scholarship cell, {PERSON: $name.first} speaking, good afternoon.
        C: Good afternoon sir, I am in second year B Tech. First year amount of $rupees came, this year nothing.
        A: Renewal form you filled before $date?
        C: Yes sir, with $percent attendance shortage letter also.
        A: Then I will trace by bank account, what did you write in the form?
        C: {ACCOUNT: $account_in.g1, $account_in.g2}
        A -200: Yes.
        C: {ACCOUNT: $account_in.g3}.
        A: And seeding is done with Aadhaar number?
        C: It should be. {AADHAAR: $aadhaar}.
        A: This Aadhaar is mapped to some other bank. Your father's PAN was given for income, same as before?
        C: Same only, {PAN: $pan}.
        A: Good. Go to your branch, ask for D B T mapping, one page form is there.
        C: It will come within this semester? Hostel fees last date is $date2.
        A: Once mapping is over, within $weeks it comes in the next lot.
        C: And my rank was $many, that does not matter, no?
        """,
        land="in",
    ),
    Shape(
        "v52_garden_bin_debit",
        """
        A: Borough council, waste and recycling.
        C: Morning. I'd like one of those brown bins, everyone on our side has got one bar me.
        A: We're down to the last few dozen. It's $pounds for the year, collected every other $day.
        C: Does that include the big bags of hedge?
        A: Anything that grew. You can spread it, if you'd like a direct debit?
        C: That's easiest. I've a bank card here somewhere, it's on there, isn't it?
        A: It is, the six digits in pairs and then the eight.
        C: {SORT_CODE: $sort}, and then {ACCOUNT: $account_uk.g1} {ACCOUNT: $account_uk.g2}.
        A: I've put {SORT_CODE: $sort}, and an account ending {ACCOUNT: $account_uk.last3}.
        C: Correct.
        A: And where's it going to live, which house?
        C: {ADDRESS: $address_uk.street}. We're the one with the gnomes.
        A: I'll tell the lads to look for gnomes. It'll be delivered in $weeks.
        C: Is there a lock on it? Next door's like to borrow.
        A: There isn't, but there's a sticker for your number.
        """,
        land="uk",
        mono=True,
    ),
)
