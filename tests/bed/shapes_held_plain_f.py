"""Held-out calls without anything secret: talk about accounts and safety in general, and a few more."""

from __future__ import annotations

from .shape import Shape

PLAIN_F = (
    Shape(
        "w53_scam_text",
        """
        A: Fraud awareness line, Castle Building Society.
        C: Hello, I've had a funny text that says it's from you, and I don't like the look of it.
        A: You did right to ring. Don't press on anything. What does it say, more or less?
        C: It says that my account will be closed within twenty four hours, unless I log in.
        A: That isn't from us. We'd never put a link in a text, and we'd never ask for your full password.
        C: I thought not. The spelling was all over the place.
        A: Did you tap on it or type anything in?
        C: No, I showed it to my neighbour and she said to ring you.
        A: She's a smart lady. You can forward it for free and then delete it.
        C: They also rang me last week, a man who wanted me to move my savings.
        A: And I hope you put the phone down on him.
        C: I did. He went on for about $minutes before I got a word in.
        A: We've had $many of those reported this month. Just remember, a bank won't ask you for a code over the phone.
        C: No, I keep those to myself. Thank you for putting my mind at rest.
        """,
        land="uk",
    ),
    Shape(
        "w54_app_locked",
        """
        A: Credit union member support, digital banking.
        C: Hey, your app logged me out and now it wants a code, but nothing's coming.
        A: That's frustrating. Is it sending it as a text or to your inbox?
        C: As a text, to my cell. I've hit resend like five times.
        A: When you ask for it over and over, only the newest one counts. How many bars do you have?
        C: One, maybe two. I'm in the basement at work.
        A: Could you step outside for a moment? I'm happy to stay on.
        C: Okay, I'm walking up. Alright, now there's four bars, and my phone's going nuts.
        A: Use the one at the bottom, and please don't tell me what it is.
        C: Don't worry, I won't. It took it, and it's asking me about my fingerprint.
        A: If you say yes to that, you won't need a code every time.
        C: Sounds good to me. It says welcome back.
        A: Wonderful. The mobile deposit limit went up too, to $thousands dollars a day.
        C: Ha, I wish I had that problem.
        """,
    ),
    Shape(
        "w55_weather_small_talk",
        """
        A: Lakeside Cottages, bear with me while the computer wakes up.
        C: No hurry, I've got a cup of tea in my hand.
        A: I wish I had one. It's been chucking it down here since breakfast.
        C: It's glorious where I am, twenty four degrees and not a cloud.
        A: Typical. Okay, it's nearly there, it's saying eighty percent.
        C: They always stop at ninety nine, don't they?
        A: Every single time. So, were you after the week before or the week after Easter?
        C: The week after, it's cheaper, isn't it?
        A: It is, by (a hundred and ten pounds|eighty five pounds|almost ninety quid). We've the small one that
           sleeps four or the barn that sleeps nine.
        C: There's five of us and a baby.
        A: Then the barn, or the small one with a cot and the sofa bed.
        C: Let's say the barn, nobody wants the sofa bed.
        A: It's got two bathrooms and a wood burner, and the logs are $fee_pounds a net.
        C: That sounds like heaven. I'll speak to the others tonight and ring you back.
        """,
        land="uk",
    ),
    Shape(
        "w56_recycling_day",
        """
        A: City sanitation, this is the three one one center.
        C: Yeah, nobody's picked up my recycling in two weeks.
        A: Okay, is that the blue bin or the green one?
        C: Blue. The green one they took on $day like always.
        A: So blue is every other week now, it changed at the beginning of $month.
        C: Nobody told us that.
        A: There was a flyer, but a lot of folks missed it. Is your bin the thirty two gallon or the sixty four?
        C: The big one, sixty four I guess.
        A: You can put two extra bags next to it, as long as they're clear.
        C: I got a bunch of boxes from moving, like thirty of them.
        A: Flatten those and tie them up, no bigger than three feet by three feet.
        C: Can I take them someplace myself?
        A: The transfer station's open from seven to four, and the first five hundred pounds are free.
        C: Five hundred pounds, that'll do me. Alright, thanks.
        """,
    ),
    Shape(
        "w57_sim_swap_data",
        """
        A: Zing Mobile, you're talking to the prepaid team.
        C: Hi. I keep on running out of data about a week before the month's up.
        A: How much is in the plan that you're on?
        C: Fifteen gig, I think, for twenty eight days.
        A: Do you watch a lot of videos on the train?
        C: Guilty as charged. It's an hour and ten each way.
        A: You could turn the quality down to four eighty, it uses about a third.
        C: Could I? Where would I find that?
        A: It's the little gear in the corner. Or there's the forty gig plan for five dollars more.
        C: Forty sounds like plenty. Does what I don't use roll over?
        A: Up to two hundred gig in the bank. And it's five G now, if your phone can do it.
        C: It's $model, would that be able to?
        A: It sure would. When's it due to renew?
        C: On $date, I reckon.
        A: Then change it the day before in the app, and you won't pay twice.
        """,
        land="au",
    ),
    Shape(
        "w58_conference_av",
        """
        A: Events team at the Exchange Centre, what's the occasion?
        C: We've a training day coming up and I need to check the room layout.
        A: Okay. Which of our rooms did they put you in?
        C: It's called the Turner Suite, and it's got a pillar in the middle.
        A: I know it well. It takes eighty in rows, forty eight at round tables, or thirty in a U shape.
        C: We're $some, so round tables, please. Six or eight to a table?
        A: We'd do seven or eight. Do you need a projector at all?
        C: Yes, and two microphones, one of them to pass around.
        A: The projector's included and the microphones are $fee_pounds a day each.
        C: When can we get in to set up?
        A: From (seven thirty|half past seven|eight o'clock), and coffee will be there by a quarter to nine.
        C: Is there a wifi password on the tables, or do we ask you?
        A: It's on a card at the front desk, we change it every morning.
        C: Perfect, that's me sorted for now.
        """,
        land="uk",
    ),
    Shape(
        "w59_job_shift",
        """
        A: Staffing hotline for the distribution center, go ahead.
        C: Hi, I'm supposed to work tonight, but my car won't start.
        A: Okay, are you on second shift or on the overnight?
        C: Overnight, ten to six, over in packing.
        A: How late do you think you're going to be?
        C: My cousin can drop me off, so maybe forty five minutes, an hour tops.
        A: That's no problem, up to an hour isn't a point against you. Just check in with the lead at dock nine.
        C: Do I still get the night bonus?
        A: You do. It's a dollar seventy five an hour from ten on.
        C: And are they giving out overtime on $day?
        A: They need around $some people, six hours, time and a half.
        C: I'd be up for that, if I get the car fixed.
        A: Put your hand up when you're in tonight, they go quick.
        C: Okay, thank you. I'm going to go stand outside and wait for my ride.
        """,
    ),
    Shape(
        "w60_fridge_choice",
        """
        A: Sales helpline, Bright Electronics.
        C: Hello, I am looking at two fridges on your website and I am confused.
        A: Please tell me, which two you are comparing?
        C: One is $litres more than the other, but both are double door.
        A: How many members are there in the family?
        C: We are five, and guests are always coming.
        A: Then at least three hundred and forty litres is required. Is it three star or five star?
        C: The bigger one is three star only.
        A: Three star will use two hundred and thirty units in a year, five star will use one eighty.
        C: And the warranty is how much?
        A: One year on the product, and ten years on the compressor.
        C: If I am giving the old fridge, what will I get?
        A: For a working one, up to $rupees off, depending on the condition.
        C: It is quite old, from the year two thousand eight, but it is running.
        A: Our person will check it at the time of delivery. Shall I keep one for you until tomorrow?
        C: Not now, let me ask at home first.
        """,
        land="in",
    ),
)
