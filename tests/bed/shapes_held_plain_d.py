"""Held-out calls without anything secret: utilities, insurance, banks, subscriptions."""

from __future__ import annotations

from .shape import Shape

PLAIN_D = (
    Shape(
        "w32_power_cut",
        """
        A: Eastern Networks power cut line, are you calling about a loss of supply?
        C: I am, yes. All our lights went off about twenty minutes ago.
        A: Is it only your house, or is the whole street dark?
        C: The whole lot, even the street lamps, as far as I can see.
        A: Thank you. We know about that one, a cable's been damaged and there are $many homes off.
        C: Any idea when it'll be back?
        A: The engineers are hoping for $time, but it could be a bit sooner.
        C: I've a freezer full of food, will that be alright?
        A: If you keep it closed it's good for about twelve hours, up to twenty four when it's full.
        C: Phew. And is there anything I should switch off?
        A: The oven and the iron, if they were on, and leave one lamp on so that you'll know.
        C: We've lit the candles, it's quite cosy really.
        A: Do be careful with those. Is there anyone at home who depends on electrical equipment?
        C: No, just me and a very confused cat.
        A: Bless. Well, you can ring again at any time, we're here all night.
        """,
        land="uk",
    ),
    Shape(
        "w33_water_meter",
        """
        A: Valley Water, billing questions.
        C: Hi, my bill's gone crazy this quarter and there's only two of us living here.
        A: I'd be surprised as well. What was it before, roughly?
        C: Usually it's $dollars, and this time it's more than double.
        A: The most common reason is a toilet that keeps running. Have you heard anything like that?
        C: Now that you say it, the one downstairs does hiss a little.
        A: A leak like that can waste two hundred gallons a day.
        C: You've got to be kidding me.
        A: Here's a trick. Put ten drops of food coloring in the tank and wait half an hour.
        C: And if the bowl turns blue, it's leaking?
        A: Exactly. The flapper costs about $fee_dollars and you can change it without a plumber.
        C: And will you guys help with the bill at all?
        A: Once it's fixed, send in the receipt and we take off up to fifty percent, one time.
        C: Okay, I'm going to go buy some food coloring.
        """,
    ),
    Shape(
        "w34_bank_hours",
        """
        A: Good morning, Meridian Bank, branch information.
        C: Morning. Are you open over the long weekend?
        A: We're closed on the Monday, and on Saturday we're open from nine till one.
        C: And the machines outside, do they work all the time?
        A: They do, day and night. There's one on the high street and two at the station.
        C: I need to pay in a bag of coins. Is there a limit to that?
        A: Up to five full bags a day, sorted by type. A bag of pound coins holds twenty.
        C: I've got mostly coppers, I'm afraid, out of a big jar.
        A: Those go in one pound bags. We can give you the empty ones at the counter.
        C: Do I need my card for that? I've left it at my daughter's.
        A: You would need it with you, but you don't have to tell me anything about it now.
        C: Okay. And is it busy around lunchtime?
        A: Between twelve and two it is, people wait for about $minutes.
        C: I'll come in first thing on $day, then.
        """,
        land="uk",
    ),
    Shape(
        "w35_pin_reminder",
        """
        A: Cardholder services, Union Savings.
        C: Hi, I can't remember the PIN for my debit card. Can you just tell it to me?
        A: I'm afraid I can't see it, nobody here can. We never ask for it either.
        C: Oh, okay. I tried it a couple of times at the gas pump and it kept beeping at me.
        A: How many tries was that, do you remember?
        C: I'd say two. I stopped because I was scared it would eat my card.
        A: Good, it only locks after three. You have two choices, the app or the mail.
        C: What's faster?
        A: The app shows it right away, for ten seconds. By mail you'd wait five to seven days.
        C: I've got the app, I just never set it up for that.
        A: It's under cards, then security, then the little eye.
        C: Let me look. Cards, security. Yep, there's the eye. Oh, that's what it was, I had the last two swapped.
        A: Great, please keep that to yourself. Did you need help with something else today?
        C: No, now I'm going to go and get some gas.
        """,
    ),
    Shape(
        "w36_travel_insurance",
        """
        A: Wanderwise travel insurance, general enquiries.
        C: Hello. I'd like to know what the difference is between single trip and annual.
        A: Sure thing. How many times a year do you go away?
        C: Three, maybe four, if you count a weekend in Paris.
        A: Then the annual one's probably better. It's (sixty four pounds|eighty nine ninety|seventy eight pounds)
           for Europe, and about double worldwide.
        C: How long can each trip be?
        A: Thirty one days on the standard cover, and forty five on the gold.
        C: What if the airline goes bust?
        A: That's in the gold, up to three thousand pounds a person.
        C: And what about my camera? It was quite pricey.
        A: Single items are covered up to $many pounds, less an excess of fifty.
        C: Is winter sports in there, or is that on top?
        A: It's an extra $fee_pounds, and you get seventeen days on the slopes.
        C: Oh, I'm more of a beach person. I'll leave that off.
        A: (Very wise|Ha, fair enough). It's all on our site as well, if you'd like to compare.
        """,
        land="uk",
    ),
    Shape(
        "w37_car_excess",
        """
        A: True South Insurance, what's your question today?
        C: G'day. I'm just shopping around for car insurance, I don't have a policy with you yet.
        A: No worries. So which car would it be for?
        C: It's a Mazda three, the hatchback, twenty nineteen.
        A: Nice little car. And how many kilometres would you do in a year?
        C: Twelve thousand, give or take. I work from home most days.
        A: So with an excess of six hundred you'd be looking at
           (ninety four dollars sixty|a hundred and twelve dollars) a month.
        C: And if I bump the excess up to a thousand?
        A: It comes down by around $percent.
        C: Does it include the windscreen? I've had two chips from gravel trucks.
        A: One free windscreen a year, without touching the excess.
        C: My daughter's on her red P plates, could she drive it?
        A: She could, but there's an extra excess for drivers under twenty five.
        C: Righto. I'll have a yarn with the missus and see.
        """,
        land="au",
    ),
    Shape(
        "w38_gym_cancel",
        """
        A: Pulse Fitness memberships, thanks for calling.
        C: Hi, how much notice do I have to give if I want to quit?
        A: It's thirty days, and it runs from the first of the next month. Is there something we did wrong?
        C: No, not at all. I'm moving out of state for a new job.
        A: Congratulations! We do have over two hundred clubs, any chance there's one near you?
        C: I looked, and the closest is like forty five miles.
        A: Yeah, nobody's driving that for a treadmill. You can also freeze it for $fee_dollars a month.
        C: For how long could I freeze it?
        A: Up to six months, and you'd keep your old rate.
        C: I don't think I'm coming back that soon. Is there a fee to get out of it?
        A: After the first twelve months there isn't. You've been with us way longer than that, I guess?
        C: Almost four years now.
        A: Then you're good. You'd do it in the app, under my membership, at the very bottom.
        C: Okay, I'll take care of it tonight.
        """,
    ),
    Shape(
        "w39_streaming_plan",
        """
        A: Flixo customer support, hello and welcome.
        C: Hello, I would like to know about the plans. My son is watching on one screen and we cannot watch.
        A: I can understand, sir. The basic plan is giving one screen only.
        C: Then which plan should I take for four people?
        A: Family plan will be suitable. It is for four screens at a time, with full H D.
        C: What are the charges for that?
        A: It is four hundred and ninety nine per month, or you can pay
           (four thousand nine hundred|five thousand two hundred) rupees for one year.
        C: And cricket is included in this?
        A: All the matches are included, sir, also in Hindi and Tamil.
        C: If I am not liking it, can I go back?
        A: Yes, within seven days you can go back and no charges will be there.
        C: Will my login remain the same?
        A: It will remain the same, you do not have to share the password with me. Just click on upgrade.
        C: Okay, fine. I will ask my son to do it.
        """,
        land="in",
    ),
    Shape(
        "w40_energy_tariff",
        """
        A: Greenbank Energy, tariffs and switching.
        C: Hello, my fixed deal's about to run out and I'm not sure what to do next.
        A: When does it finish, do you know?
        C: At the end of $month, according to the letter.
        A: We've two fixed ones at the moment. The one year is twenty four point six pence a unit.
        C: And the other?
        A: The two year is twenty five point one, with a standing charge of fifty three pence a day.
        C: What am I paying at present? It was twenty two something, I think.
        A: Prices have crept up since then. How much electric do you use, do you have a rough idea?
        C: The letter says three thousand one hundred kilowatt hours.
        A: So on the one year that's about seven hundred and sixty pounds for the twelve months, before the standing
           charge.
        C: And if I do nothing at all?
        A: You'd drop on to the variable one, it's dearer, but you could leave whenever you want.
        C: I see. Is there an exit fee on the others?
        A: There is, $fee_pounds for each fuel.
        C: Let me sleep on it, I'll do some sums.
        """,
        land="uk",
    ),
    Shape(
        "w41_mortgage_general",
        """
        A: Homefirst mortgages, I can give general information on this line.
        C: Good, that's all I need. We're thinking about buying our first place next year.
        A: Exciting times! Have you looked at what you can put down?
        C: We've saved around $thousands dollars so far.
        A: That's a solid start. With ten percent down you'd be looking at a rate of six point four right now.
        C: And with twenty?
        A: About six and an eighth, and you wouldn't need the extra insurance.
        C: What's the difference between the fifteen and the thirty year loan?
        A: The fifteen costs more each month but you pay a lot less interest over time.
        C: How long does it take to get approved?
        A: For the first letter, a day or two. The whole thing is thirty to forty five days.
        C: And does it hurt our credit if we ask around?
        A: If you do it all within two weeks, it counts as one.
        C: That's super helpful. We'll sit down with the numbers this weekend.
        """,
    ),
    Shape(
        "w42_magazine_pause",
        """
        A: Country Gardener magazine, subscriptions desk.
        C: Oh hello. I've had three copies of the same magazine through the door.
        A: Three of them? How odd. Was it the spring one with the tulips on the front?
        C: That's the one, issue forty seven.
        A: There was a mix up at the printers, you're the ninth person this week.
        C: I don't mind, I gave one to my sister. But I don't want to pay for three.
        A: You won't, it's still $fee_pounds a quarter.
        C: That's alright then. Could I also stop it while we're away? We're off for $weeks.
        A: We can hold it, or we can send it all at once when you're home.
        C: All at once would be nice, something to read on the sofa.
        A: So that'd be the June one and the summer special, with the free seeds.
        C: What sort of seeds are they this time?
        A: Runner beans, I'm told, about fifteen in a packet.
        C: My husband will be pleased. Right, I'll let you get on.
        """,
        land="uk",
    ),
)
