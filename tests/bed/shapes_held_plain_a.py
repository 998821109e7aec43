"""Held-out calls without anything secret: technical support and software."""

from __future__ import annotations

from .shape import Shape

PLAIN_A = (
    Shape(
        "w01_router_lights",
        """
        A: Northline Broadband support, you're through to the fault team.
        C: Hi there. Our internet has been dropping out since (last night|yesterday|this morning).
        A: Sorry to hear that. Can you see the router from where you're standing?
        C: Yeah, it's right in front of me on the shelf.
        A: Great. How many lights are on, and what colour are they?
        C: There's (three|four) green ones and the last one is blinking orange.
        A: Okay, blinking orange means it can't find the line. Could you pull the power out for me and count to thirty?
        C: Sure, hang on, I've got to move the sofa. Right, it's out.
        A: Lovely. While we wait, has anyone been working outside, digging up the road or anything?
        C: Now you mention it, there was a van out there on $day with its hazards on.
        A: That could be it. Pop the plug back in and tell me what happens.
        C: It's coming up. Green, green, and now the last one's gone solid.
        A: Wonderful, then you should be seeing around $megabits again within $minutes.
        C: The telly's just come back on. Many thanks for all that.
        """,
        land="uk",
    ),
    Shape(
        "w02_printer_jam",
        """
        A: Thanks for calling Brightjet printer support. What's going on with your printer?
        C: Well, it says paper jam, but I swear there's no paper in there.
        A: That happens a lot. Which model do you have?
        C: It's $model, the one with the little touch screen.
        A: Got it. Do you see a code on the screen as well?
        C: Uh, yeah, it says E zero four. Sometimes it goes to E zero seven.
        A: Zero four is the rear roller. Can you open the back panel? There's a blue tab on the left side.
        C: Okay, I'm pulling. It's kind of stiff. There we go.
        A: Now look for a tiny scrap, it could be smaller than your fingernail.
        C: Oh my gosh, there is one. It's a corner of a sticky label.
        A: There's your culprit. Take it out, close the panel, and print a test page.
        C: It's humming, and here comes the page. It even did both sides.
        A: Perfect. I'd run the cleaning cycle every $some pages or so, just to be safe.
        C: Will do. You saved me a trip to the store.
        """,
    ),
    Shape(
        "w03_forgot_password_link",
        """
        A: Hello, Taskwell help center, this call may be recorded for training.
        C: Hi, I can't get into my account. It keeps telling me the password is wrong.
        A: I understand. Have you tried the forgot password link underneath the sign in button?
        C: I did, but no message ever showed up.
        A: Did you have a look in the junk folder? It lands there quite often.
        C: Let me check. No, nothing there either, just some ads.
        A: Alright, I'm going to send the link again. Please don't read anything from it out loud, just click on it.
        C: Okay. (Oh, there it is|Ah, here it comes). It came right away this time.
        A: Great. You have $minutes to use it before it expires.
        C: It wants at least twelve characters and a symbol. Why do they make it so hard?
        A: I know, everybody complains about that one.
        C: Okay, I made one up, and it says password changed.
        A: Try signing in with it, please. I don't need to know what it is.
        C: And I'm in. All my projects are still here, thank goodness.
        """,
    ),
    Shape(
        "w04_dishwasher_code",
        """
        A: Kitchen appliance helpdesk, good afternoon.
        C: Good afternoon. My dishwasher's stopped in the middle of a wash and it's beeping at me.
        A: Oh dear. Is it showing anything on the display?
        C: It's flashing F eleven, and then a little tap symbol.
        A: F eleven means that the water isn't leaving the machine. Is there water in the bottom?
        C: There is, about two inches of it, and it doesn't smell very nice.
        A: In that case it's most likely the filter. It twists out to the left, under the lower spray arm.
        C: Let me just get a towel. Right, it's out, and there's half a lemon in here.
        A: (Well, that'd do it|Ha, that would explain it). Give it a rinse and put it back in until it clicks.
        C: It's clicked. Shall I start the programme from the beginning?
        A: Yes, put it on the quick one, that's only $minutes at $degrees.
        C: It's draining now, I can hear it. How often am I meant to clean that thing?
        A: About once a month, and use a salt refill when the red light comes on.
        C: I've had it $years and nobody ever told me that.
        """,
        land="uk",
    ),
    Shape(
        "w05_software_update",
        """
        A: Ledgerly software support, what can I do for you today?
        C: Since the update this morning the reports page just spins and spins.
        A: Sorry about that. Do you know which version you're on now?
        C: It says $version at the bottom. Before that it was $version2, I believe.
        A: Right, we've had a handful of calls about this one. Are you in the browser or in the desktop program?
        C: The desktop program, on a Windows eleven laptop.
        A: Could you open settings, go to advanced, and choose clear cache?
        C: I see clear cache and I see reset everything. I'd rather not hit the wrong one.
        A: Good call. Only the first one, the second would take you back to square one.
        C: Done. It says $many megabytes removed.
        A: Now close it completely and open it up again.
        C: It's asking me for my password, one second. Okay, typed it in.
        A: And how do the reports look now?
        C: They're up in like two seconds. Much better than before, actually.
        """,
    ),
    Shape(
        "w06_tv_channels",
        """
        A: Skyview television, thank you for waiting so patiently.
        C: Hello. I've lost some of the channels, all the sports ones are gone.
        A: Okay, so which channel number were you watching when it happened?
        C: Four oh two, and then I tried four ten and four eleven. They all say no signal.
        A: And the ordinary channels, one to five, are these still working?
        C: Yes, my wife's watching the news on one right now.
        A: That tells me that the dish is fine and it's only the package. Did you change anything last month?
        C: I don't think so. We were offered a trial thing at Christmas.
        A: That's what it is, then. The trial ran for three months and has come to an end.
        C: Ah, I see. So what would it cost to keep it on?
        A: Sports is $fee_pounds a month on top of what you pay, or
           (a hundred and fifty pounds|one hundred and eighty nine pounds) for the whole year.
        C: Hmm, I'll talk it over with the family first.
        A: No problem at all, you can add it from the menu whenever you like.
        """,
        land="uk",
    ),
    Shape(
        "w07_phone_battery",
        """
        A: Mobile Hub repairs desk, how's your day going?
        C: Not too bad, thanks. My phone battery is dying by lunchtime and I only bought it last year.
        A: That's a pain. If you go to settings and then battery, there's a line that says maximum capacity.
        C: Give us a sec. It reckons seventy eight percent.
        A: Anything under eighty and we'd suggest a new battery. Is the warranty still running?
        C: I think it had two years on it, from the shop in the mall.
        A: Then it won't cost you a cent. Otherwise it's (ninety nine dollars|a hundred and twenty nine dollars) fitted.
        C: Beauty. Do I need to book it in, or can I just rock up?
        A: Walk in any day before three, and it takes about $minutes.
        C: Should I back it up before I bring it down?
        A: I would. And you don't have to tell us your passcode, we just need it switched on.
        C: Fair enough, I wasn't going to give it out anyway. See you on $day, then.
        A: See you then. Bring the charger along as well if you can.
        """,
        land="au",
    ),
    Shape(
        "w08_smart_thermostat",
        """
        A: Comfort Home support line, go ahead please.
        C: Yeah, hi. The thermostat on my wall says sixty five but it feels like fifty in here.
        A: Brr, that doesn't sound fun. Is the little flame icon lit up?
        C: No flame, but there's a snowflake and it says hold.
        A: The snowflake means it's set to cooling. Someone might have bumped the mode button.
        C: Probably my kids. How do I switch it back?
        A: Press mode twice until you see heat, then use the up arrow till it says seventy.
        C: Okay, seventy. Now it's counting down from three hundred.
        A: That's normal, it waits five minutes so it doesn't wear out the furnace.
        C: While I've got you, can I make it warm up before we wake up?
        A: Sure. Go to schedule, pick weekdays, and set the first one to $time.
        C: There are four slots, wake, leave, return and sleep.
        A: Exactly, and most folks drop it to sixty two overnight. It saves roughly $percent on the bill.
        C: Hey, the furnace just kicked on. You guys are the best.
        """,
    ),
    Shape(
        "w09_video_meeting",
        """
        A: Meetwise technical support, hi.
        C: Hi, I'm meant to host a webinar this afternoon, and nobody can hear me in the test room.
        A: Let's get that sorted before you go live. What time does it start?
        C: At $time, so we've got a bit of time.
        A: When you talk now, does the green bar next to the microphone move?
        C: It moves a tiny bit, two or three dots out of ten.
        A: Then it's using the microphone in the laptop. Click the small arrow and choose your headset.
        C: I've got headset one and headset two, for some reason.
        A: Try number one first, and say a few words.
        C: Testing, testing, one two three. Oh, the bar's going right up now.
        A: Brilliant. How many people are you expecting?
        C: We've got $many signed up, but usually half of them turn up.
        A: Your plan goes up to one thousand, so you're well inside. Do you want them muted when they join?
        C: Yes please, last time we had a dog barking all the way through.
        A: Tick the third box under participants, and good luck with it.
        """,
        land="uk",
    ),
    Shape(
        "w10_laptop_office",
        """
        A: I T help desk, good morning.
        C: Good morning. My new laptop is very slow, it is taking ten minutes only to start.
        A: I see. When did you collect it from the store?
        C: Last week only, on $day. It is the fourteen inch one.
        A: How much memory is it showing? You can right click on this P C and choose properties.
        C: It is showing eight G B, and the processor is core i five.
        A: Eight should be enough. Please open the task manager and tell me what is on top.
        C: One program called sync is taking ninety six percent.
        A: That one is copying all the shared folders. How many files does it say are remaining?
        C: $thousands files. My goodness, that will take the whole day.
        A: We can pause it until the evening. Kindly click on the cloud and select pause for eight hours.
        C: Yes, I have done it. It is better already.
        A: Very good. The computer will restart by itself at night, please do not close the lid.
        C: Noted. Thanks a lot for the quick help.
        """,
        land="in",
    ),
    Shape(
        "w11_alarm_chirp",
        """
        A: SafeNest alarms, how may I direct your call?
        C: Uh, I just have a question about a smoke alarm. It won't stop chirping.
        A: I can help with that myself. Is it one chirp every minute, or three in a row?
        C: One, maybe every forty seconds. It's been doing it since four this morning.
        A: Ouch. That's the low battery warning, nothing dangerous.
        C: I changed the battery like a month ago, though.
        A: Was it an alkaline one? The cheap ones from the dollar bin don't last in there.
        C: Guilty. They came in a pack of twenty four.
        A: You'll want the nine volt lithium. Also, hold the test button for fifteen seconds after you swap it.
        C: And how long is the alarm itself good for?
        A: Ten years. There's a date stamped on the back, next to the screw.
        C: Let me climb up there. It says made in two thousand thirteen.
        A: Then I'd replace the whole unit. They're about $fee_dollars at any hardware store.
        C: Alright, that's my Saturday planned.
        """,
    ),
)
