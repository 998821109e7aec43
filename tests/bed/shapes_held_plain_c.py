"""Held-out calls without anything secret: hotels, travel, going out."""

from __future__ import annotations

from .shape import Shape

PLAIN_C = (
    Shape(
        "w22_hotel_parking",
        """
        A: Harbour View Hotel, reception speaking.
        C: Hello, we're coming to stay with you in $month and I had a couple of questions.
        A: Of course, fire away.
        C: First of all, is there anywhere to park? We're bringing the big car.
        A: We have a car park underneath, it's $fee_pounds a night. The height limit is one metre ninety.
        C: Ooh, with the roof box on we're about two metres ten.
        A: Then I'd use the one across the road, that one's open air, and it's $fee_pounds2.
        C: Right you are. And what time's breakfast?
        A: From half six in the week, and from half seven at weekends, until ten.
        C: We'll have an awful lot of luggage. You don't happen to have a lift?
        A: We do, it goes up to $floor. I can put a note on for a low room as well.
        C: That would be a weight off my mind. Does it have a bath or a shower?
        A: The rooms on the sea side have both.
        C: Smashing. We can't wait.
        """,
        land="uk",
    ),
    Shape(
        "w23_flight_bag",
        """
        A: Blue Coast Airlines baggage desk.
        C: Hey, I'm flying to Denver in a couple of days, and I want to know about bags.
        A: Sure. Are you on the basic fare or the standard one?
        C: Basic, I think. It was the cheapest thing I could find.
        A: So basic gets you one small item under the seat. A carry on is $fee_dollars extra each way.
        C: Even if I weigh it and it's under twenty pounds?
        A: Even then, it's about the space, not the weight. The limit is twenty two by fourteen by nine inches.
        C: And if I check a big suitcase instead?
        A: That's (forty dollars|forty five dollars|thirty five dollars) if you pay online now, and ten dollars more
           at the airport.
        C: How heavy can that one be?
        A: Fifty pounds. Between fifty and seventy there's a heavy bag fee.
        C: My skis are in a long bag, does that count as one?
        A: Skis and boots together count as one piece, yes.
        C: Great, then I'll check the skis and wear everything else.
        """,
    ),
    Shape(
        "w24_train_gate",
        """
        A: Rail enquiries, how may I help?
        C: I'm at the station now, and the board says that my train's been cancelled.
        A: Which one were you hoping to catch?
        C: The nine fourteen to Leeds, from platform six.
        A: That's right, there's a problem with the signals. The next one goes at nine forty four.
        C: Will my ticket work on that? It's an advance single.
        A: It will, they've lifted the restrictions. You don't need to get anything stamped.
        C: Which platform do I go to?
        A: It's down as platform two, but do keep an eye on it.
        C: And do I still change at York?
        A: No, this one goes straight through and gets in at eleven twenty.
        C: Oh, that's only $minutes later than I would've been.
        A: If it ends up being more than thirty late, you can claim a quarter of the fare back.
        C: Let's hope I don't have to. Thank you, you've been great.
        """,
        land="uk",
    ),
    Shape(
        "w25_car_hire_fuel",
        """
        A: Outback Car Rentals, thanks for your patience.
        C: No dramas. I'm picking up a car on $day and I'm not sure which fuel option to go for.
        A: There are two of them. Full to full, or you prepay the tank.
        C: What's the go with the prepaid one?
        A: You pay for $litres up front at a bit under the pump price, and bring it back empty.
        C: And if I've got half left over?
        A: You don't get anything back for it, to be honest with you.
        C: Full to full, then. How far can I drive in a day?
        A: Two hundred kilometres a day are included, after that it's twenty five cents a kilometre.
        C: We'd be doing Alice Springs to the Rock, that's more like four fifty.
        A: Then take the unlimited one, it's $fee_dollars a day.
        C: Is there a spare tyre in it?
        A: Two, and there's a jack under the back seat. Just don't drive after dark, because of the roos.
        C: Yeah, learned that one the hard way.
        """,
        land="au",
    ),
    Shape(
        "w26_room_change",
        """
        A: Front desk, this is the Grand Pacific.
        C: Hi, I'm calling from upstairs. The air conditioning in here is making a racket.
        A: I'm so sorry about that. Is it a rattle or more of a hum?
        C: It's a rattle, and it starts up every five minutes. We didn't sleep a wink.
        A: I can send someone up, or I could move you to another room.
        C: I think we'd rather move, honestly.
        A: Let me see what's ready. I've got $room, that's a king with a view of the pool.
        C: Is that higher up or lower down than we are now?
        A: It's $few floors up, at the quiet end of the hallway.
        C: Sounds perfect. What about our key cards?
        A: The old ones will stop working at noon. Stop by the desk and I'll make you two new ones.
        C: Can somebody help with the bags? We've got five and a stroller.
        A: Absolutely, the bellman will be there in ten minutes.
        C: Thank you so much, you're a lifesaver.
        """,
    ),
    Shape(
        "w27_zoo_visit",
        """
        A: Riverside Zoo visitor information.
        C: Hello. I'm thinking of bringing the grandchildren this weekend, there's four of them.
        A: How lovely. What sort of ages are they?
        C: Two, five, seven and the big one's just turned thirteen.
        A: Under threes come in for nothing. The others are $fee_pounds each, and you'd pay the senior rate.
        C: And what's that when it's at home?
        A: It's $fee_pounds2, but a family ticket might work out cheaper.
        C: When do they feed the penguins? The youngest is potty about penguins.
        A: Penguins are at eleven and half past two, sea lions at twelve, and the giraffes at three.
        C: Can we bring our own sandwiches?
        A: You can. There are picnic tables next to enclosure nine, by the little train.
        C: And is it supposed to stay dry?
        A: They're giving showers on Saturday, and Sunday looks brighter, about eighteen degrees.
        C: Sunday it is, then.
        """,
        land="uk",
    ),
    Shape(
        "w28_cinema_seats",
        """
        A: Galaxy Cinemas, welcome.
        C: Hello, how many screens are showing the new space film?
        A: It is running on three screens, sir. Screen one, screen four and the big one.
        C: What are the evening timings?
        A: Six fifteen, seven forty and ten thirty.
        C: For seven forty, can six people sit together?
        A: Row G has six in a row, from twelve to seventeen. Row K is also open.
        C: How much is one ticket in row G?
        A: Three hundred and twenty rupees, and in the recliner it is five fifty.
        C: That is too costly. Normal seats are okay for us.
        A: Shall I tell you about the combo? Two popcorn and four cold drinks for
           (six hundred and eighty|seven hundred and fifty) rupees.
        C: No, no, we will eat outside. How long is the movie?
        A: It is two hours and forty one minutes, with one interval.
        C: Okay, I will take the tickets at the counter only.
        """,
        land="in",
    ),
    Shape(
        "w29_ferry_timetable",
        """
        A: Island Ferries, good afternoon to you.
        C: Hello there. What sailings have you got on $date?
        A: There are five crossings that day. Seven, nine thirty, noon, quarter past three and six.
        C: We'd like the noon one, with a car and a small caravan.
        A: How long's the caravan, if you don't mind me asking?
        C: It's five and a half metres with the tow bar.
        A: So with the car you're around ten metres. That comes to $pounds return.
        C: Heck, it's gone up, hasn't it?
        A: It went up by $percent in the spring, sorry. It's the fuel.
        C: When do we need to be in the queue?
        A: At least $minutes before, and you'd be in lane four or five.
        C: How's the sea looking? I'm not the best sailor.
        A: Flat calm all week, according to the forecast.
        C: Then I'll have a think about it and book it online.
        """,
        land="uk",
    ),
    Shape(
        "w30_restaurant_group",
        """
        A: The Copper Kettle, can I help you?
        C: Hi, do you guys take large parties? There'd be fourteen of us.
        A: We do, up to twenty in the back room. What night are you thinking?
        C: It's for a retirement dinner, so maybe $date.
        A: I've got that open at five thirty or eight fifteen.
        C: Five thirty's good, it's an older crowd.
        A: For more than ten we do a set menu, three courses for
           (fifty four dollars|forty eight ninety five|sixty two fifty) a head.
        C: Does that come with drinks?
        A: Coffee and tea are in there, wine is $fee_dollars a glass.
        C: We have two vegetarians and one person who won't touch seafood.
        A: Not an issue, the chef has five or six dishes without it.
        C: Do you need a deposit or anything?
        A: We don't. We do add eighteen percent for service, just so you're aware.
        C: That's fine. Let me run it by the others and I'll call back by Friday.
        """,
    ),
    Shape(
        "w31_airport_lounge",
        """
        A: Executive lounge, terminal two.
        C: Oh hi, I've got a six hour layover tomorrow. Can anybody come in?
        A: Yes, you can pay at the door. It's (forty five dollars|fifty nine dollars|thirty eight fifty) for three
           hours.
        C: And if I stay for the whole six?
        A: You'd pay half again for the second three.
        C: What do you get for that?
        A: Hot food, showers, wifi, and it's a lot quieter than gate thirty two, I can tell you.
        C: Ha, gate thirty two is where I always end up.
        A: The buffet closes at $time, but there's soup all night.
        C: Where do I find it after security?
        A: Go left at the duty free, up the escalator to level three, and we're opposite gate eleven.
        C: How far is that from the B gates?
        A: Ten minutes on foot or four on the little train.
        C: Good to know. I'll probably see you tomorrow.
        """,
    ),
)
