"""More practice calls without anything secret: services, offices, farms and machines."""

from __future__ import annotations

from .shape import Shape

PLAIN_MORE = (
    Shape(
        "n13_survey",
        """
        A: It's a survey of three questions. On a scale from zero to ten, how likely are you to recommend us?
        C: (Oh, seven.|Say eight.|Hm, six.)
        A: How many people live in the household?
        C: $few, and two cats.
        A: Last one. Roughly how many hours of television a week?
        C: $some, if football's on.
        A: You've been ever so helpful.
        """,
        land="uk",
    ),
    Shape(
        "n14_feed_store",
        """
        A: Feed and seed.
        C: I need layer pellets, the fifty pound sack.
        A: Those are $fee_dollars. Two for $dollars.
        C: Give me $few. And chicken wire?
        A: Comes in rolls, $some feet by four.
        C: Save me one. I'll be by around $time.
        A: We're out back, gate number two.
        """,
    ),
    Shape(
        "n15_weather_ski",
        """
        A: Snow phone.
        C: How's the mountain looking?
        A: We got $inches overnight, on a base of ninety.
        C: Which lifts are turning?
        A: One through six. Seven opens at $time if the wind quits.
        C: What's a half day run?
        A: It's $dollars. Kids under eight are free.
        C: It's twelve below here, so bring it on.
        """,
    ),
    Shape(
        "n16_software_update",
        """
        A: App support.
        C: It keeps crashing since I updated.
        A: Which build are you on?
        C: Version $version.
        A: That one has a bug. You want $version2 or later.
        C: How big's the download?
        A: About $many megabytes, call it $minutes on a slow line.
        C: I've got two bars and eleven percent battery.
        A: Plug it in first, then.
        """,
        wide=True,
    ),
    Shape(
        "n17_moving_van",
        """
        A: Van rental.
        C: How much stuff fits in the middle one?
        A: It's fourteen feet, good for a one bedroom place.
        C: We're going $miles. What's that come to?
        A: $dollars for the day. Then it's seventy nine cents a mile.
        C: Does it take diesel?
        A: Regular, it holds $litres. Bring it back with a quarter tank.
        """,
    ),
    Shape(
        "n18_council_bins",
        """
        A: Waste and recycling.
        C: You lot missed my brown bin, third time in six weeks.
        A: I'm sorry about that. The crew were two men down.
        C: When'll they come back?
        A: $date, from seven in the morning.
        C: And a second bin, what does that cost?
        A: It's $pounds a year, or half if you're over sixty five.
        C: I'm forty, worse luck.
        """,
        land="uk",
    ),
    Shape(
        "n19_opening_library",
        """
        A: Library desk.
        C: How many books can I have out at once?
        A: $some, for three weeks at a time.
        C: And if I'm late?
        A: Ten cents a day, up to $few dollars.
        C: Story time's still on $day?
        A: Yes, $time, upstairs in the big room.
        C: My grandson's four, he'll love it.
        """,
        mono=True,
    ),
    Shape(
        "n20_solar_quote",
        """
        A: Sunny Side Solar.
        C: What size system would suit a family of four?
        A: Six point six kilowatts. That's $some panels.
        C: And what are we up for?
        A: $thousands dollars, less the rebate.
        C: How long before it pays for itself?
        A: Usually $years, at thirty cents a unit.
        C: Cheers, I'll get a couple of other quotes.
        """,
        land="au",
    ),
    Shape(
        "n21_bakery_batch",
        """
        A: Bread and Butter.
        C: What's the damage on $some sausage rolls?
        A: $dollars for the lot. They come in trays of twelve.
        C: Can they be warm?
        A: If you grab them at $time.
        C: Two dozen lamingtons as well.
        A: Easy. Keep them under twenty five degrees in the car.
        """,
        land="au",
    ),
    Shape(
        "n22_recharge_plan",
        """
        A: Prepaid plans.
        C: The plan of two nine nine, what all is coming in it?
        A: One point five G B daily, and calls are unlimited.
        C: Validity?
        A: Twenty eight days. For eighty four days it is $rupees.
        C: Five G is there?
        A: In $some cities till now.
        C: Ok ok, I will see.
        """,
        land="in",
    ),
    Shape(
        "n23_stocks_report",
        """
        A: Dealing desk, morning summary. The index is up $percent at $thousands.
        C: And copper?
        A: $many a tonne, down a touch.
        C: What did the pound do?
        A: One twenty six and a half against the dollar.
        C: Anything due today?
        A: Jobs figures at $time. They expect $thousands2.
        C: Right, back to work.
        """,
        land="uk",
    ),
    Shape(
        "n24_radio_quiz",
        """
        A: You're on the air. Question one, how many sides has a dodecagon?
        C: Twelve.
        A: Correct. In which year did people first walk on the moon?
        C: Nineteen sixty nine.
        A: Yes. And who was on top of the charts in $pastyear?
        C: (Um, hang on.|Oof.) Can I phone a friend?
        A: You've $some seconds. There's $dollars in the pot.
        """,
    ),
    Shape(
        "n25_scam_advice",
        """
        A: Consumer advice.
        C: Someone rang claiming to be my bank and wanted my pin. I told them where to go.
        A: Well done. No bank asks for that, nor for your whole password.
        C: They'd phoned $few times since $time.
        A: Forward the texts to the free short code on our website.
        C: My neighbour lost $pounds that way.
        A: It's $some reports this week alone.
        """,
        land="uk",
    ),
    Shape(
        "n26_flight_status",
        """
        A: Flight information.
        C: Has $flight landed yet?
        A: It's showing $minutes late. Expected at $time.
        C: Which belt will the bags be on?
        A: Probably $few. Short stay parking's $fee_dollars an hour.
        C: They've been in the air for thirteen hours, poor things.
        """,
    ),
)
