"""Calls of the third practice set without anything secret: home, shops, days out, roads."""

from __future__ import annotations

from .shape import Shape

PLAIN = (
    Shape(
        "q01_mattress",
        """
        A: Thanks for calling the sleep store. What are you looking for?
        C: Um, a queen, I think. (Medium firm.|Not too soft.|On the firm side.)
        A: Sure. Is that for side sleepers or back sleepers?
        C: One of each.
        A: Ha, okay. The cloud ten is the popular one. It's twelve inches thick with four layers.
        C: How much does that one run?
        A: It's $many dollars on sale, marked down from twenty one hundred.
        C -250: Twenty one hundred?
        A: I know. That's why I'd get it before $day.
        C: And what if we hate it?
        A: You get one hundred and twenty nights. After thirty nights you can swap it once, no charge.
        C: (Mhm.|Uh huh.|Right.) How soon would it show up?
        A: In about $few days. The box is $inches tall, so clear the hallway.
        C: Two people can carry it?
        A: For sure. It weighs $kilos, give or take.
        """,
    ),
    Shape(
        "q02_coffee_machine",
        """
        A: Coffee machine helpline.
        C: Morning. Mine's flashing orange, and it won't pour.
        A: Right you are. When did it start doing that?
        C: (Tuesday, I think.|About a week ago.|Just after Easter.) It was fine until then.
        A: Right. And which one do you have, the mini or the grande?
        C: The grande. It says $model underneath.
        A: Lovely. Orange means it's due a descale. How many cups a day, would you say?
        C: Ooh. Six? Eight at weekends.
        A: Then it wants doing every $few months. Fill the tank to the line, that's point seven of a litre.
        C: Hang on, I'm walking to the kitchen. (Yep.|There.|Okay.) Filled.
        A: Hold both buttons down for three seconds, then let go.
        C: It's beeping at me.
        A: Good, that's it counting. It'll run for $minutes, then rinse twice with clean water.
        C: Is the powder you sell any better than vinegar?
        A: It's $fee_pounds for four sachets, and it won't taste of chip shop.
        C: Sold.
        """,
        land="uk",
    ),
    Shape(
        "q03_garden_centre",
        """
        A: Garden centre, plants desk.
        C: Hello, have you any rosemary left? And basil, if it's about.
        A: Rosemary, yes. Basil's not until $month, it hates anything below ten degrees.
        C: Ah. What about lavender?
        A: Three kinds. The tall one's $inches when it's grown.
        C: (Hmm.|Oh, right.) Something for a shady corner?
        A: Ivy, or heather if your soil's sour. Lily of the valley spreads like mad.
        C: How far apart would I put those?
        A: Nine inches, and two inches deep.
        C: And the roses, what are they?
        A: $fee_pounds each, or three for the price of two.
        C -200: Are they the climbing sort?
        A: Some are. The pink one, the Grace, goes up to eight feet. The Jack is a little patio rose.
        C: I'd say four of the pink.
        A: They're in aisle $few, just past the sheds.
        """,
        land="uk",
    ),
    Shape(
        "q04_sofa_range",
        """
        A: Sofas and beds, how are you doing today?
        C: Not so bad. I saw a settee in your window and forgot what it's called.
        A: Was it the Oliver or the Charlotte?
        C: (The Oliver.|The Charlotte, I think.|Could've been the Oliver.) With the wooden feet.
        A: Gotcha. That comes as a two, a three or a corner.
        C: A three. And which colours does it come in?
        A: Sage, mustard, slate, and a sort of brick.
        C: What would you go for?
        A: Me? Slate, it hides everything.
        C: Ha. And the price on that?
        A: $many pounds in fabric. Leather's another $pounds2.
        C: Can I spread it out?
        A: You can, over $some months at nothing percent.
        C: How long's the wait, roughly?
        A: $weeks, so you'd have it by the end of $month.
        C: Will it go through a door that's $inches wide?
        A: The legs come off, so it should.
        """,
        land="uk",
    ),
    Shape(
        "q05_metro_way",
        """
        A: Metro rider line, go ahead.
        C: Hey, I'm at the airport stop. How do I get to the stadium?
        A: Okay, so, from the arrivals door you follow the train signs down two sets of escalators. Then you
           take the green line, seven stops, and change to the red at Central.
        C: Seven. (Got it.|Okay.)
        A: From there it's $few more. Ride near the front of the train.
        C: Why the front?
        A: You'll come out by exit B. Otherwise it's a ten minute walk underground.
        C: Which track does the green one leave from?
        A: Track two, lower level. They run every $minutes on a $day.
        C: And when I'm out of the station?
        A: Turn left, go two blocks, then right at the fire house. You can't miss it.
        C -300: Is that the north gate or the south?
        A: North. Gates one through nine.
        C: What's the fare?
        A: $fee_dollars, and it's good for two hours.
        """,
    ),
    Shape(
        "q06_museum",
        """
        A: Good morning, the museum of country life.
        C: Morning. Are ye open on the bank holiday?
        A: We are, from ten until half four. The last tour's at $time.
        C: And what does it cost to get in?
        A: The house is free. The gardens are eight euro, or twenty for a family.
        C: Grand. (Is there much for kids?|Would small kids be bored?)
        A: Ah no, there's a farm trail with $some stops and a stamp at each.
        C: How old is the place itself?
        A: It was built in seventeen ninety six. The west wing's from eighteen forty.
        C: Before the famine, so.
        A: Just before. There's a film about that on the top floor, it lasts $minutes.
        C: And is the bus still the four fifty two?
        A: It is, every second hour. It stops across from the gate.
        C: That's great, thanks a million.
        """,
        land="uk",
    ),
    Shape(
        "q07_ferry",
        """
        A: Ferry reservations, good afternoon.
        C: Hiya. I only want to know a few things before we book anything.
        A: Fire away.
        C: When are the sailings on $day?
        A: There's one at $time and another at $time2.
        C: Does the slow boat take much longer?
        A: It's three hours and a quarter. The fast one does it in one fifty.
        C: One fifty as in minutes?
        A: Sorry, one hour fifty.
        C: (Right.|I see.) And the van's two point four metres high, with a roof box.
        A: Anything over two thirty goes on deck five. That'd be $pounds with four people.
        C: And the dog?
        A: Dogs are $fee_pounds, and they stay in the car or on deck nine.
        C -200: Is there a swell forecast?
        A: Force four, easing to three. You'll be fine.
        """,
        land="uk",
    ),
    Shape(
        "q08_national_park",
        """
        A: Visitor center, this is the ranger desk.
        C: Hi there. Is the loop road open yet?
        A: The lower half is. The top's still under $inches of snow.
        C: Wow, in $month?
        A: Every year. They start plowing around $date.
        C: What's an easy hike for, uh, lazy people?
        A: The lake trail. It's $few miles round trip and climbs about $many feet.
        C: (Nice.|Perfect.) Do we need a permit?
        A: Only if you go past mile marker eleven.
        C: And what do you charge at the gate?
        A: $dollars a vehicle. It's good for seven days.
        C: Is the water okay to swim in?
        A: If you're happy with fifty two degrees.
        C -250: No, thank you.
        A: Carry two liters each, and start before eight. The second lot fills up first.
        C: Any bears?
        A: We counted $some last fall. Keep a hundred yards away.
        """,
    ),
    Shape(
        "q09_curtains",
        """
        A: Made to measure department.
        C: Hello there. I'd like a rough quote for curtains.
        A: Of course. How wide is the window?
        C -200: One metre eighty. (No, tell a lie,|Sorry, no,) one eighty five.
        A: And the drop?
        C: Two twenty, to the floor.
        A: Eyelets, or a pencil pleat?
        C: Which hangs better?
        A: I'd say pleats. You need twice the width in cloth, so four metres, near enough.
        C: And the one in the catalogue, page $some, with the birds?
        A: The robin print. That's $pounds a metre.
        C -300: A metre!
        A: There's a plain linen at $fee_pounds. That comes in oatmeal, teal or plum.
        C: Teal would be nice. Blackout lining?
        A: It adds about a fifth. And it'd be with you in $weeks.
        C: Let me think it over this weekend.
        """,
        land="uk",
    ),
    Shape(
        "q10_thermostat",
        """
        A: Heating and cooling support. What's going on with your thermostat?
        C: It says it's $degrees in here and it is not.
        A: Okay. Is yours the round one or the square one?
        C: Square, and it says Ecobase $version on the screen.
        A: That'd be the software. Go to menu, then settings, then sensors.
        C: Menu, settings, (uh|um|let me see), sensors. Okay.
        A: What do you see next to offset?
        C: Minus four.
        A: There you go. Press the up arrow until it reads zero.
        C -150: Minus three, two, one, zero.
        A: Perfect. Now set the schedule. What do you like it at overnight?
        C: Sixty four. My husband likes sixty nine.
        A: Every degree saves you around three percent.
        C: I'll tell him that. Does it need batteries?
        A: Two double A, every $some months. A little bar shows up first.
        C: Great, it just clicked on.
        """,
    ),
    Shape(
        "q11_pizza_deals",
        """
        A: Pizza kitchen, pickup or delivery?
        C: Neither yet, I've got like $some people and no clue how much to get.
        A: Ha, okay. Figure three slices a head. A large is eight.
        C: So, what, $few larges?
        A: I'd add one to be safe. Our extra large is eighteen inches, cut in twelve.
        C: And what's your deal this week?
        A: Two mediums with one topping for $fee_dollars. It's only good Monday through Thursday.
        C: (Dang.|Shoot.) It's for a Friday.
        A: Then the party pack. That's $dollars and you get wings.
        C: How many wings?
        A: $some2. Pick a sauce, one to five on heat.
        C: What's a four like?
        A: You'll cry a little.
        C -200: Make it a two.
        A: Call by noon that day. The oven's backed up after five thirty.
        """,
    ),
    Shape(
        "q12_flat_pack",
        """
        A: Assembly help, what are you putting together?
        C: G'day. The bookcase, the Billie. I'm stuck on step fourteen.
        A: Yep, everybody gets stuck there. Have you got panel D upright?
        C: D as in the skinny one?
        A: The one with six holes down the side.
        C: (Ah.|Righto.|Oh, for crying out loud.) I used that for the top.
        A: No dramas. Undo the four cam locks, quarter turn to the left.
        C: Done. Now, I laid the lot out on the carpet like it says on page two, counted it all twice, and I've
           still got $few of the little dowels left over.
        A: They're eight millimetre ones? They go in panel F.
        C: And the bolts in bag three are too short.
        A: M six by forty, or M six by fifty?
        C: It says forty on the packet.
        A: You want the fifties, in bag two.
        C -200: Found them!
        A: How long have you been at it?
        C: Two hours and $minutes. The box said one.
        A: The box always lies.
        """,
        land="au",
    ),
    Shape(
        "q13_bike_shop",
        """
        A: Cycle shop, how are things?
        C: Grand. I'm after a bike for commuting, about six mile each way.
        A: Any hills on it?
        C: One big one. It's eleven percent, they say.
        A: Then you'd want gears. How tall would you be?
        C: Five foot nine. (Well, eight and a half.|On a good day.)
        A: A fifty four frame, so, or a medium.
        C: And the wheels?
        A: Seven hundred by thirty two. They take about seventy p s i.
        C: What'd that set me back, with mudguards?
        A: Six hundred and forty euro. The electric one's nineteen ninety nine.
        C -300: Nineteen hundred!
        A: It does $miles on the one charge, mind you.
        C: Is the tax scheme still on the go?
        A: It is, up to twelve fifty for an ordinary bike. You'd save nearly half.
        C: Mm hmm. I might call in $day so. Are you open till six?
        A: Half six, and one on a Sunday.
        """,
        land="uk",
    ),
    Shape(
        "q14_builders_yard",
        """
        A: Yard office.
        C: All right. What's your sharp sand doing, by the bulk bag?
        A: Eight hundred and fifty kilos, $pounds plus the V A T.
        C: And cement?
        A: $fee_pounds for a twenty five. Ten bags and I'll knock a bit off.
        C: I've a base to pour, four metres by three, hundred mil deep.
        A: So one point two cube. You'd need, (what,|er,|call it,) sixteen bags and two of ballast.
        C: Mix it four to one?
        A: Five to one's plenty for a shed.
        C: And mesh?
        A: A one four two, two sheets. They're three six by two.
        C: When's your lorry round our way?
        A: Mornings, Tuesdays and Fridays. It's got a crane, so it wants three metres clear.
        C: Cheers. I'll bell you when the wife's signed it off.
        """,
        land="uk",
    ),
    Shape(
        "q15_theme_park",
        """
        A: Welcome to the park info line, what can I tell you?
        C: Hi! So, we're driving down in the morning, five of us, and my niece is forty seven inches in her sneakers.
           Can she ride the big coaster?
        A: So close. It's forty eight for that one, or fifty four to sit in front.
        C: (Aw.|Bummer.) What can she go on?
        A: $some rides, all the blue ones on the map, and the log flume with a grown up.
        C: How bad are the lines?
        A: On a $day? Around $minutes at noon. It's way better after $time.
        C: What do the skip the line things cost?
        A: $dollars a person, good for $few rides.
        C: Ouch. And lockers?
        A: You pick your own four numbers on the lock, so nobody has to keep a key.
        C: Smart. Is it gonna rain?
        A: They're saying forty percent. High of eighty eight.
        C: Last thing. Where do we park?
        A: Lot C, row anything. Just remember the animal on the sign.
        """,
    ),
    Shape(
        "q16_replacement_bus",
        """
        A: Train travel advice.
        C: I gather there's engineering work this weekend.
        A: There is. No trains south of the junction from $time on Saturday.
        C: So what happens instead?
        A: Coaches, every $minutes from outside the station. Bay $few.
        C: And how much longer does it take?
        A: Allow an extra fifty. It's normally one hour twelve.
        C -250: Fifty!
        A: Minutes, yes, and more if there's football on.
        C: (Typical.|Oh, marvellous.) Is the first one on Sunday any better?
        A: The eight oh seven runs, but only from platform four, and just the front five coaches.
        C: Does my off peak ticket count?
        A: It does. After nine thirty on weekdays, all day otherwise.
        C -250: And if I miss the last one?
        A: It leaves at twenty three forty. After that it's taxis, I'm afraid.
        C: When will it all be back to normal?
        A: They're aiming for $date, start of service.
        """,
        land="uk",
    ),
    Shape(
        "q17_car_service",
        """
        A: Service centre, good morning, tell me.
        C: Good morning. For the small hatchback, what is the ten thousand kilometre service costing?
        A: Between $rupees and $rupees2, depending on oil.
        C: Which oil are you putting?
        A: Five W thirty, fully synthetic. Three and a half litres it takes.
        C: My friend told zero W twenty.
        A: That is for the newer engine only, after $pastyear.
        C: Acha. And tyre pressure should be how much?
        A: Thirty three front, thirty three rear. If five people are sitting, then thirty six.
        C: (One minute, I am writing.|Wait, let me note.) Mileage has become less also, sir.
        A: How much are you getting?
        C: Fourteen, fifteen. Before it was nineteen point something.
        A: Air filter may be choked. We will check, no extra charge.
        C: If I leave it at nine, by when is it ready?
        A: By $time, latest. $day is less rush.
        """,
        land="in",
    ),
    Shape(
        "q18_phone_showroom",
        """
        A: Mobile showroom, yes please.
        C: The new Nova eight is available?
        A: Available. Which storage, one twenty eight or two fifty six?
        C: What is the difference in rate?
        A: The smaller is $rupees. For two fifty six it is three thousand more.
        C: And colours?
        A: Midnight, mint, and rose. Mint is out of stock till $day.
        C: Camera is how many megapixel?
        A: Fifty back side, thirty two front.
        C: (Battery?|And battery?)
        A: Five thousand two hundred. It will charge fully in $minutes.
        C: Exchange you are doing? I have a three year old one, screen is cracked.
        A: Yes, madam. For a cracked one we give up to fifteen hundred.
        C -300: Only fifteen hundred?
        A: What to do. Without crack it is double.
        C: E M I is there?
        A: Six months, nine months, zero interest. We can talk papers later, when you come.
        C: Ok, this evening then.
        """,
        land="in",
    ),
    Shape(
        "q39_sky_show",
        """
        A: Planetarium front desk. Got a question, or after tickets?
        C: My class has a question, they're all listening. How far off is the moon?
        A: Hello, class! About a quarter of a million miles. Light does it in one and a third seconds.
        C: (Whoa.|They went ooh.) And the sun?
        A: Ninety three million, so eight minutes and a bit.
        C: One of them's asking how hot it is.
        A: Ten thousand degrees on the outside. Inside it's twenty seven million.
        C: How many stars are there?
        A: In our galaxy? Somewhere from one hundred to four hundred billion.
        C -200: Did you hear that? Billion, with a B.
        A: And you could see around two thousand, on a really dark night in $month.
        C: Okay, one more. Is it true that a day on Venus is longer than its year?
        A: It sure is. Two hundred forty three of ours, against two twenty five.
        C: Amazing. What do you charge for a group of $some?
        A: $fee_dollars a head, teachers free. The dome show's $minutes.
        C: We'd want a morning.
        A: $date has one left, at $time.
        """,
    ),
    Shape(
        "q40_parcel_counter",
        """
        A: Courier counter, where is it going?
        C: Singapore. It is some pickles and clothes, around $kilos.
        A: Box is with you, or we should pack?
        C: You only pack, please. (Glass bottles are there.|Two glass jars also.)
        A: Then double wall box. What size, roughly, length and height?
        C: Length is eighteen inches. Height may be twelve, thirteen.
        A: So it will go by volume. Eighteen into twelve into twelve, divided by one thirty nine.
        C: I don't follow that.
        A: No problem. Whichever is more, weight or volume, that we are charging. It comes to $rupees.
        C -250: Last time it was half of that!
        A: Fuel has gone up by $percent, sir. Economy you want? Nine days instead of four.
        C: Economy is fine. Pickle is allowed, no?
        A: Sealed is allowed, up to five kilos. Oil should not come out.
        C: And if they open it there?
        A: Once in a hundred, maybe. Papers we will fill when you come, not on phone.
        C: Till what time you are sitting?
        A: Till $time, but last pickup goes at five fifteen.
        """,
        land="in",
    ),
)
