"""Practice calls without anything secret, full of tempting numbers: shops, travel, the home."""

from __future__ import annotations

from .shape import Shape

PLAIN = (
    Shape(
        "n01_paint_shop",
        """
        A: Paint counter.
        C: Do you stock the eggshell in a five litre tub?
        A: We've (some|a fair few) left. They're $fee_pounds each.
        C: How far would one go?
        A: Roughly $some square metres, two coats.
        C: Then I'd want $few. Can I collect at $time?
        A: We shut at half five, so come before that.
        """,
        land="uk",
    ),
    Shape(
        "n02_bus_times",
        """
        A: Bus information, what do you need?
        C: When's the last $bus back from the hospital on a $day?
        A: It's $time, from stand $few.
        C: And is a return still $fee_pounds?
        A: It went up in $month. It's $fee_pounds2 now.
        C -300: (Daylight robbery.|Oh well.)
        A: The day ticket saves you a bit if you change twice.
        """,
        land="uk",
    ),
    Shape(
        "n03_ivr_menu",
        """
        A: Thank you for holding. For deliveries, press $option. For returns, press hash.
           For anything else, stay on the line.
        A 3200: You are caller number $few. Your wait is $minutes.
        C: Oh, come on.
        A 3000: Did you know that you can shop with us day and night on our website?
        C: I know, I know.
        """,
        hold=True,
    ),
    Shape(
        "n04_printer",
        """
        A: Imaging support, which printer have you got?
        C: It's $model.
        A: And what's on the little screen?
        C: It says error fifty, then paper jam in tray two.
        A: Open the back, count to ten, and pull gently.
        C: (Okay,|Right,) there were about $few sheets stuck in there.
        A: Print a test page. It should take $some seconds.
        C: There it goes, page one of three.
        """,
    ),
    Shape(
        "n05_tyres",
        """
        A: Tyre bay, how's it going?
        C: What would four new ones set me back? They're two oh five, fifty five, sixteen.
        A: Budget ones are $dollars a corner, fitted.
        C: And the fancy sort?
        A: Call it $dollars2. They'd do you $thousands kays easy.
        C: Any chance of $day?
        A: I can squeeze you in at $time.
        """,
        land="au",
    ),
    Shape(
        "n06_internet_speed",
        """
        A: Fibre sales.
        C: What's the quickest you can do in our building?
        A: Up to $megabits down, and about a tenth of that up.
        C: Price?
        A: It's $dollars for the first $some months. Then it goes up by ten percent.
        C: Is there a contract?
        A: Two years, or pay a bit more and leave whenever you like.
        C: I'll sleep on it.
        """,
    ),
    Shape(
        "n07_recipe_oven",
        """
        A: Appliance line, what's cooking?
        C: Ha. My oven runs hot. I set one eighty and it burns the top.
        A: Is it $model?
        C: The one before that. I bought it $years ago.
        A: Turn it down by twenty degrees and move the shelf to the middle.
        C: So one sixty, for $minutes?
        A: Exactly, and check it with a skewer.
        """,
        land="uk",
    ),
    Shape(
        "n08_cinema",
        """
        A: Picture house.
        C: What time is the big space one showing tonight?
        A: There's $time, and a late one at quarter to eleven.
        C: How much for two grown ups and three kids?
        A: A family ticket's $fee_pounds.
        C -350: Is it terribly long?
        A: Two hours and $minutes, with the trailers.
        C: Then we'll need a lot of popcorn.
        """,
        land="uk",
    ),
    Shape(
        "n09_gold_rate",
        """
        A: Jewellers, good evening.
        C: Today's gold rate is what, twenty two carat?
        A: For ten grams it is $rupees.
        C: And making charge?
        A: That is $percent extra.
        C: Last week it was less, no?
        A: It is moving daily, sir. On $day it may come down.
        C: Ok, I will come by $time.
        """,
        land="in",
    ),
    Shape(
        "n10_train_platform",
        """
        A: Railway enquiry.
        C: Evening superfast is on time or late?
        A: Running late by $minutes. It will come on platform $few.
        C: General ticket is how much?
        A: $rupees for the whole group, if you are eight people.
        C: We are seven, one child.
        A: Child under five is free only.
        """,
        land="in",
    ),
    Shape(
        "n11_gym_prices",
        """
        A: Leisure centre.
        C: Hiya, what are your swimming hours?
        A: Lanes open at six thirty. The fun session's $time.
        C: And how hot's the pool?
        A: Twenty nine degrees, thirty two in the little one.
        C: What do you charge?
        A: It's $fee_pounds a go. Or $pounds for ten.
        C: (Lovely stuff.|That's decent.)
        """,
        land="uk",
    ),
    Shape(
        "n12_hotel_rooms",
        """
        A: Front desk.
        C: Hey, the air con in here is stuck on $degrees.
        A: Try holding the fan button for five seconds.
        C: Nope, it just blinks three times.
        A: I can switch you to $room, up on $floor. It's one king instead of two doubles.
        C: Does breakfast still run until ten thirty?
        A: Eleven on weekends, and it's $fee_dollars for guests.
        """,
    ),
)
