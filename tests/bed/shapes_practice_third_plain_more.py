"""More calls of the third practice set without anything secret: banks, bills, screens, games."""

from __future__ import annotations

from .shape import Shape

PLAIN_MORE = (
    Shape(
        "q19_savings_rates",
        """
        A: Thank you for calling the credit union, what brings you in?
        C: I'm just shopping around. What are you guys paying on a C D?
        A: Twelve months is at $percent. Twenty four is a hair lower.
        C: Do you need my account number or anything?
        A: No, no. I'd only need to verify you later, if you go ahead.
        C: (Cool.|Okay, good.) So what's the minimum?
        A: $many dollars to open. Over twenty five thousand, you earn another quarter point.
        C: And if I pull it out early?
        A: You'd give up ninety days of interest. So say you put in ten thousand and needed it back in month five,
           you'd lose about one twenty five, and the rest is yours. Then there's a ten day grace period at the end.
        C: Mm hmm.
        C: Grace period, meaning what?
        A: You can take it or roll it. If we don't hear from you it rolls.
        C: How do I know that it's insured?
        A: Up to two hundred and fifty thousand, by the government.
        C -200: Per person?
        A: Yes, for each person. So double for a couple.
        C: I'll mark my calendar for $date.
        """,
    ),
    Shape(
        "q20_pin_talk",
        """
        A: Card services, general questions.
        C: Hello, daft question. How would somebody change a PIN these days?
        A: At any cash machine of ours. Choose PIN services, and follow what it says.
        C: And you don't have to ring up first?
        A: You don't. And please never share your PIN with anyone, not even with me.
        C: Oh, I wouldn't. (My late mother wrote hers on the fridge.|I keep telling my sons.)
        A: Well, quite.
        C: Should it be four numbers or six?
        A: Four. We block the obvious ones, such as all the same or a straight run.
        C: What if you get it wrong?
        A: Three goes, then the card's stopped. It takes $few working days to get a reminder in the post.
        C: I see. And tapping, is that still a hundred?
        A: It is. After five taps it'll ask you to put the card in.
        C: Is there a fee abroad?
        A: $percent, plus $fee_pounds if it's cash.
        C -250: Blimey.
        A: The travel card's free, if you go a lot.
        """,
        land="uk",
    ),
    Shape(
        "q21_card_perks",
        """
        A: New cards team, how can I be of help?
        C: Yeah, hi. What's the go with the platinum card?
        A: Annual fee's $dollars, with up to fifty five days interest free.
        C: And after the fifty five?
        A: Twenty point nine nine percent on purchases.
        C: Strewth. Points?
        A: Two a dollar at supermarkets and petrol stations, one for everything else, and none at all on tax.
           Then there's a bonus of $thousands, if you spend four grand inside the first ninety days.
        C: (Four grand!|Fair enough.) And what does that get me?
        A: A return to Bali, pretty much. Or $many dollars in gift cards.
        C: Is there lounge entry?
        A: Twice a year, yes. There's travel cover as well.
        C: What would you need off me to apply?
        A: Two payslips and some I D, online. It takes $minutes.
        C: I won't do it today.
        A: No stress. The offer closes on $date.
        """,
        land="au",
    ),
    Shape(
        "q22_code_texts",
        """
        A: Login help, what's the trouble today?
        C: It's not trouble so much. I keep getting texts with a code in them.
        A: Okay. Please don't read me any of those.
        C: I won't. But are they real?
        A: If you didn't try to sign in, somebody mistyped. They die after $minutes anyway.
        C: How many digits should ours have?
        A: Six, and it always comes from the same short sender.
        C: (Hmm.|Huh.) And if it's eight?
        A: Then it isn't us, so delete it.
        C: Is an authenticator thing better?
        A: Much. It makes a fresh one every thirty seconds, even on a plane.
        C: What about when I get a new phone?
        A: You print ten backup codes, and you keep them in a drawer.
        C: Do I have to change my password too?
        A: Only if you use it in two places. Make it long, three or four random words.
        C: Like a sentence.
        A: Exactly like a sentence. Just not one from a song.
        """,
    ),
    Shape(
        "q23_night_rate",
        """
        A: Electricity sales, how may I help?
        C: How are you. I'm wondering would a night meter suit us.
        A: What are you paying now, per unit?
        C: Thirty four cent and a bit.
        A: On ours it's thirty one by day, and sixteen from eleven to eight.
        C: (Very good.|Right so.) And is the standing charge dearer?
        A: It is. Two hundred and ninety eight euro, so forty more.
        C: Do the clocks change it?
        A: They do, in summer it's midnight to nine.
        C: And for charging the car there's a cheaper bit, is there?
        A: Two to four in the morning, at seven point nine.
        C -200: That's nothing.
        A: It's cheap all right. How many units would you use in the year?
        C: About $thousands, the last bill said. Sure that's the heat pump.
        A: You'd be up about $many euro, so.
        C: And is there a penalty for leaving?
        A: Fifty euro inside the first twelve months.
        C: I'll say it to herself and see.
        """,
        land="uk",
    ),
    Shape(
        "q24_water_outage",
        """
        A: Water faults, how can I help ya?
        C: Yeah, there's not a drop coming out of our taps.
        A -200: Yeah, we've a burst main, mate. The whole hill's out.
        C: How long's it gonna be?
        A: Crew's been there since $time. They reckon another $few hours.
        C: (Beauty.|Oh, great.) Is it the big pipe?
        A: Four fifty mil, laid in nineteen sixty one.
        C: No wonder. Anywhere we can fill up?
        A: There's a tanker by the oval, $litres each, till ten p m.
        C: Will it come back brown?
        A: Might do. Run the front tap for $minutes before you use the hot one.
        C: What about the washing?
        A: I'd wait until tomorrow.
        C: Do we get something off the bill?
        A: If it's over twelve hours, yeah. $fee_dollars, it's automatic.
        C: Well, it's thirty nine degrees out here.
        """,
        land="au",
    ),
    Shape(
        "q25_router_channels",
        """
        A: Home network support, what's happening?
        C: So, the wireless drops out around eight every night.
        A: Okay, second question first. Upstairs or everywhere?
        C: Everywhere. Well, not the kitchen.
        A: Which box is it, the tall white one?
        C: Yeah. There's a sticker with $model on it.
        A: Good, don't read me the key that's under it. Is your two point four on auto?
        C: Where would I, um, where's that at?
        A: In the app, tap advanced, then radio.
        C: (One sec.|Give me a second.|Loading.) It says channel six, width forty.
        A: Make it eleven and width twenty. Your neighbors are all on six.
        C: Okay, saved. It's rebooting.
        A: It'll take ninety seconds or so.
        C: Uh huh. [1500] Green. Now I get $megabits.
        A: Much better. And the firmware?
        C: Says $version.
        A: There's a newer one, it'll load at three in the morning.
        C: You mean I don't do anything?
        A: Not a thing.
        """,
    ),
    Shape(
        "q26_smart_speaker",
        """
        A: Speaker support, hello.
        C: Hello. Alexa's gone quiet. I say her name and she sits there.
        A: Is there a red ring on top?
        C: There is, all the way round.
        A: Then the microphone's off. Press the button with a line through it, just the once.
        C: (Oh!|Well I never.) She's turned blue.
        A: Ask her something.
        C: Alexa, set a timer for $minutes. [900] It worked, bless her.
        A: There you are. How many of them have you got?
        C: $few. One's in the loo, don't ask.
        A: I shan't. Would you like them all to play together?
        C: Is that hard?
        A: You make a group, say downstairs, and tick the ones you want.
        C: And can it be a bit louder of an evening?
        A: Volume goes from one to ten. I have mine on three.
        C: Mine's on seven, I've a railway at the back.
        A: It's the third generation, that, from $pastyear. The new ones carry better.
        """,
        land="uk",
    ),
    Shape(
        "q27_laptop_specs",
        """
        A: Computer sales, what are you in the market for?
        C: A laptop for college. She does, like, video stuff.
        A: Okay. Fourteen inch or sixteen?
        C: What's the weight on the sixteen?
        A: Four pounds nine, so kinda chunky.
        C: Fourteen then.
        A: I'd get the Aria nine, with thirty two gigs of memory and a one terabyte drive.
        C: Is thirty two overkill?
        A: For editing? No. (It isn't soldered, either.|You'll thank me in year three.)
        C: What about the chip, is it the i seven?
        A: Ultra seven, two fifty five H. It's $percent quicker than last year's.
        C: And battery life?
        A: They claim seventeen hours. I'd say eleven.
        C -250: So what's the damage?
        A: $many dollars with the student discount.
        C: Do you do a warranty on top of the one year?
        A: Three years for $dollars, with one free screen.
        C: She'll need that free screen.
        """,
    ),
    Shape(
        "q28_photo_backup",
        """
        A: Cloud storage support, how may I assist?
        C: My storage is showing full. Ninety eight percent, it is saying.
        A: Okay. Which plan you are on currently, the free one?
        C: Free only. Fifteen G B.
        A: Photos must be taking most of it, correct?
        C: Yes, eleven point something. (Daily good morning messages also.|Family group is too much.)
        A: In that case, you can choose storage saver. Settings, then backup, then quality.
        C: Where is backup? I am not seeing.
        A: Third from top, below notifications.
        C: Ha, got it. Now it is asking original or saver.
        A: Please select saver. It will take $few hours, keep it on charging.
        C: And the paid one, what is the cost?
        A: For one hundred G B, one thirty per month. For two hundred, it is two ten.
        C: Yearly?
        A: Yearly thirteen hundred, so two months are free.
        C: My app version is $version, that is fine?
        A: That is quite old, sir. Kindly update first, it is $some M B.
        """,
        land="in",
    ),
    Shape(
        "q29_tv_tuning",
        """
        A: Telly support, what can you see on the screen?
        C: Little squares, all over. It was right as rain for the first quarter, then it froze, then the sound went,
           and by half time I was listening to it on the wireless. Only on the sport, but.
        A: So channel fifty, or five oh two in H D?
        C: Both. Ninety's fine, and so's twenty four.
        A: Right. What was the weather doing when it began?
        C: (Blowing a gale.|Bucketing down.)
        A: That'll be the aerial. Press the menu key, then three, then signal.
        C: Strength sixty one, quality, hang on, it's jumping. Thirty, twenty eight.
        A: It should be seventy or higher. Is there a splitter in the wall?
        C: There's a silver thing, with two wires.
        A: Take it out, go straight from wall to set.
        C: Just a tick. [1200] Ooh, eighty four!
        A: There's your culprit. They're $fee_dollars at the hardware shop.
        C: And should I retune?
        A: Go on. It hunts through $some frequencies, so make a cuppa.
        C: You've saved my grand final.
        """,
        land="au",
    ),
    Shape(
        "q30_football_desk",
        """
        A: Club ticket office, members' line.
        C: Now then. What time's kick off on $day, it's not been moved again?
        A: It has, to quarter past eight. It's on the telly.
        C: (Flipping heck.|You're joking.) That's the third time since $month.
        A: I know it is. Blame the cup run.
        C: Four nil, though. I've not seen that since $pastyear.
        A: And ten men for the last half hour!
        C: What's the away allocation?
        A: Two thousand one hundred, with twelve hundred gone already.
        C: How many points would you need?
        A: Thirty five and up from tomorrow. Anyone on twenty by next week.
        C: I've forty odd, me. Prices?
        A: $fee_pounds for the upper tier, and a tenner for under elevens.
        C: Coaches?
        A: First one's away at noon, from the car park behind the west stand, gate J.
        C -200: And back by?
        A: Gone midnight, if it goes to pens.
        """,
        land="uk",
    ),
    Shape(
        "q31_pub_quiz",
        """
        A: Evening, quiz hotline. You've got through to the final round.
        C: Get in! What do I win?
        A: $pounds, if you get four out of five. First one. When was the great fire of London?
        C: Sixteen sixty six.
        A: It was. How many strings on a violin?
        C: Four. (Easy.|My daughter plays.)
        A: What's the chemical symbol for gold?
        C: A U.
        A: Three from three. Now, which planet has the shortest day?
        C: Ooh. Is it Saturn?
        A: I'm afraid it's Jupiter, just under ten hours.
        C: I was one out!
        A: One left, for the lot. In which year did the wall come down in Berlin?
        C: I was there. Nineteen eighty nine, November.
        A: Was it the ninth or the nineteenth?
        C -250: The ninth, a Thursday.
        A: We have a winner, with $few seconds left.
        """,
        land="uk",
    ),
    Shape(
        "q32_wedding_hall",
        """
        A: Banquet hall booking, good afternoon.
        C: Good afternoon. Your lawn is free in February, second week?
        A: Eleventh is taken. Twelfth and fourteenth are open, madam.
        C: How many guests you can manage?
        A: Lawn is eight hundred. With hall also, eleven hundred comfortably.
        C: We are expecting around $many.
        A: No issue. Veg or non veg?
        C: Pure veg. What is per plate?
        A: It starts from nine fifty and goes up to sixteen hundred with live counters, that means chaat, dosa and
           kulfi made in front of the guests. Below three hundred plates there is ten percent extra.
        C: (How many items?|And in that how many dishes?)
        A: Four starters, six mains, three sweets. Paneer is two types.
        C: Decoration is separate?
        A: Separate, one point five lakh onwards. Generator is there, one twenty five K V A.
        C: Advance?
        A: Twenty five percent. Names and all we will take at that time only.
        C: And rooms, for the groom's side?
        A: $some rooms, on $floor. Checkout is at ten.
        C: Ok. We will visit on $day, around $time.
        """,
        land="in",
    ),
    Shape(
        "q33_gas_cylinder",
        """
        A: Gas agency, namaste.
        C: Hello. Cylinder rate has gone up or what?
        A: Up by fifty from the first. Now it is eight fifty three for fourteen point two kilos.
        C: And the small one, five kilo?
        A: Three twenty. (Stock is less.|Available today.)
        C: After one booking, how many days I have to wait for the second?
        A: (Fifteen|Twenty|Twenty one) days' gap is compulsory in city. Much longer in village.
        C: Subsidy is coming still?
        A: For some people. Twelve cylinders in one year is the limit.
        C: Then the delivery boy is asking for (thirty|forty|fifty|twenty) extra, every time.
        A: That's wrong. Up to five kilometre it is free, please refuse.
        C -300: He says it is because of $floor.
        A: Even for tenth floor, madam.
        C: Ok. And he is asking some code also.
        A: That comes on your mobile. Tell him after you receive the gas, not before, and don't tell me.
        C: Fine. Rubber pipe you are keeping?
        A: One and half metre, (three ninety|four fifty|four twenty five) with regulator. Change it every five years.
        """,
        land="in",
    ),
    Shape(
        "q34_clinic_hours",
        """
        A: Medical centre, reception.
        C: Hi, I'm new around here. Are you taking people on?
        A: We are, yeah. Are you ringing for an appointment now, or just asking?
        C: (Just asking.|Only asking, at this stage.) How many doctors have you got?
        A: $few, and two nurses. Two of the doctors are women.
        C: And what's a normal visit run to?
        A: (Eighty five|Ninety|Seventy eight) dollars, and you get forty two back from the government.
        C: How long's that for?
        A: Fifteen minutes. A long one is thirty.
        C: Do you open late at all?
        A: Till eight on $day, and Saturdays nine to one.
        C: What would I bring along?
        A: Only your green card. There's a form, two pages, but not over the phone.
        C: Where do you park?
        A: Behind us, sixteen spots. Come in off the lane, past the chemist, second driveway.
        C: Got it. And you're at ground level?
        A: We're on $floor, actually. Take the lift, it's the blue door.
        """,
        land="au",
    ),
    Shape(
        "q35_listener_poll",
        """
        A: Hi, I'm calling with a two minute poll about radio. Is this a good time?
        C: I guess. You're not selling anything?
        A: Not at all, and I don't need to know who you are.
        C: (Alright.|Okay, shoot.)
        A: How many hours did you listen yesterday? None, one to three, or four and up?
        C: Two? I drive a lot.
        A: Which do you prefer, talk or music?
        C: Music. Nineties stuff.
        A: On a scale of one to five, where five is love it, how's our morning show?
        C: Three. They laugh too much.
        A: Ha. What would make it a four?
        C -200: Less laughing.
        A: And the traffic, would you want that every ten minutes or every twenty?
        C: Ten, for sure. I sit on that bridge (four|five|six) days a week.
        A: Last one. What percent of your listening is on a phone?
        C: Hmm. Twenty, twenty five.
        A: That's all. We talk to $many people a week, and you were the nicest.
        """,
        mono=True,
    ),
    Shape(
        "q36_meal_boxes",
        """
        A: Recipe boxes, you're speaking with the kitchen.
        C: Hello kitchen. How does it work if there's only two of us?
        A: Then it's three meals for two, or five. Three comes to $some pounds a week.
        C: And postage?
        A: $fee_pounds, whatever the size.
        C: What have you got on next week, say?
        A: Jerk chicken, that's $minutes. A beetroot risotto, six hundred and ten calories.
        C: (Go on.|Ooh.)
        A: And a pie with King Edward mash. You can swap any of them up till Wednesday.
        C: How are they kept cold?
        A: Wool, and two ice packs. It's good for twenty hours on the step.
        C: Can I skip a week? We're away the last fortnight in $month.
        A: As many as you like. Just do it five days ahead.
        C -200: And cancelling?
        A: Same place, two clicks. I'm not meant to say that first.
        C: Half price to begin with, the leaflet said.
        A: Half for the first, a quarter off the next $few.
        """,
        land="uk",
    ),
    Shape(
        "q37_tax_calendar",
        """
        A: Tax information service.
        C: Hello, it's general. When does the paper return have to be in by?
        A: The end of October. You've till the thirty first of January online.
        C: And what happens the day after?
        A: It's a hundred pounds, even if there's nothing owing. Once it's three months overdue they add ten pounds a
           day, and that goes on for ninety days.
        C -200: (Crikey.|Gosh.) So what does that come to?
        A: Nine hundred. Then five percent of the tax at six months.
        C: What can one earn before it counts? It's only craft fairs.
        A: A thousand in a year. Keep a note of your sales.
        C: Do I need one of those ten digit numbers?
        A: You'd be sent one, once you register. It takes $weeks or so.
        C: And mileage?
        A: Forty five pence for the first ten thousand, twenty five after.
        C: I did $miles, if that.
        A: Then it's hardly worth the ink.
        C -250: Ha. How long must I hang on to receipts?
        A: Five years from the deadline.
        """,
        land="uk",
    ),
    Shape(
        "q38_pharmacy_menu",
        """
        A: You have reached the corner pharmacy. Our hours are nine to nine, and ten to six on Sundays.
           If you are a doctor's office, press $option. To hear this again, press star.
        C: Agent. Agent.
        A: I'm sorry, I didn't get that. You can say things like refills, or store hours.
        C: Speak to a person.
        A: Sure. There are $few callers ahead of you. The average wait is $minutes.
        C: (Unbelievable.|You've got to be kidding.)
        A 3400: Front counter, thanks for waiting.
        C: Finally! Do you sell those reading glasses, the two point fives?
        A: One fifty through three fifty. They're $fee_dollars, buy one, get one half off.
        C: And photos? I need passport size.
        A: Two by two, $fee_dollars2 for a pair. We shut the machine off at $time.
        C: Okay. Is that in the back?
        A: Aisle eleven, left of the greeting cards.
        C: I'll be in once the game's over. It's the bottom of the eighth.
        A: What's the score?
        C: Five to three.
        """,
        hold=True,
    ),
    Shape(
        "q41_show_weather",
        """
        A: Ploughing festival information.
        C: How's it going. Is it on at all tomorrow, with the wind?
        A: It is, so far. There's a yellow warning until $time, but that's for the coast.
        C: And is there rain in it?
        A: Fifteen to twenty millimetres overnight, dry by ten. Highs of thirteen, fourteen.
        C: (Wellies, so.|Sure it wouldn't be the same without mud.)
        A: Oh, wellies for certain.
        C: Which gate would I come in at, off the motorway?
        A: Blue, gate four. Follow the blue signs from the second roundabout, and keep left at the creamery.
        C: Left at the creamery. And is it far to walk?
        A: It's fifteen minutes across the fields. There's a shuttle, bus $bus, every ten.
        C: What have we to pay?
        A: Thirty euro at the gate, twenty five ahead. Students are ten less.
        C: I heard there was $thousands at it yesterday.
        A: There was, a record. Seventeen hundred stands, and three hundred acres.
        C -300: God almighty.
        A: The tractor pull's moved, by the way. It's in ring two at half one.
        C: Good to know. Mind yourself.
        """,
        land="uk",
    ),
    Shape(
        "q42_office_phones",
        """
        A: Phone systems desk, go right ahead.
        C: Hi. We just got the new desk phones and nobody can figure out how to transfer.
        A: Sure. Are these the gray ones with eight keys or the black with twelve?
        C: Black. It says $model on the back, and version $version when it boots.
        A: Perfect. While you're on the call, hit transfer, then the extension, then transfer again.
        C: Transfer twice. (Gotcha.|Ah, twice.)
        A: And for an outside line you dial nine first.
        C: What's the pound key do?
        A: That skips the wait. Star six parks a caller, and star seven picks it back up.
        C: Hold on, I'm making a cheat sheet. [1100] Star seven, okay.
        A: Your boss asked for a menu, too. Press one for sales, two for parts, zero for a human.
        C -200: Everyone's going to press zero.
        A: About seventy percent do, yes.
        C: How long does it ring before the voice mail?
        A: Four rings, so twenty seconds. I can make it six. I'd have to verify you before I change that, though.
        C: Leave it. When's the training?
        A: There's one on $date, thirty minutes tops. Bring a list of what bugs you.
        C: Oh, it's a long list.
        """,
    ),
)
