"""Calls written by somebody who had not seen the rules: nothing secret. Names, numbers and places are invented."""

from .script import Script

BLIND_HARMLESS = (
    Script(
        "e26_mortgage_rates",
        """
        C: Hi, I'm only ringing for some information on your mortgages.
        A: Of course. Are you after fixed or variable?
        C: Fixed, two years or five.
        A: Two years is four point three nine percent, and five is four point one two.
        C: And the fee on that?
        A: Nine hundred and ninety five, or nothing with a rate of four point six.
        C: We've roughly thirty thousand to put down, on a place at two hundred and eighty.
        A: Then you're just over ten percent. At fifteen it'd drop by about forty pounds a month.
        C: Okay, I'll have a chat at home and call back next week.
        A: Take your time, the offer stands until the thirtieth.
        """,
        agent="lucy",
        customer="otis",
    ),
    Script(
        "e27_router_lights",
        """
        A: Tech support, tell me what you see.
        C: The power light's solid but the internet one keeps flashing orange, like three times then a gap.
        A: Okay. Could you unplug it and wait a full sixty seconds?
        C 1200: Alright, it's coming back. One, two, three lights.
        A: Good. Now open a speed test for me.
        C: It says ninety four down, eighteen up, and eleven milliseconds.
        A: That's about right for the hundred plan. Is it the X R five hundred model?
        C: X R seven hundred, it says on top.
        A: Then pick the five gigahertz network, it goes twice as fast upstairs.
        C: You're a star, thanks.
        """,
        agent="bert",
        customer="lucy",
        noise_dbfs=-45.0,
    ),
    Script(
        "e28_baggage_rules",
        """
        C: I fly out next Friday and I'm wondering what I can bring.
        A: In economy it's one checked bag up to fifty pounds, plus a carry on.
        C: How big can the carry on be?
        A: Twenty two by fourteen by nine inches, wheels included.
        C: And if my suitcase weighs fifty four?
        A: Then it's a hundred dollars each way, so maybe move a pair of shoes.
        C: Ha, good tip. What about skis?
        A: They count as a bag, thirty five for the first and forty five for the second.
        C: When should I be at the airport for a seven ten departure?
        A: Two hours before is plenty, bag drop closes at six twenty five.
        """,
        agent="gwen",
        customer="hugo",
    ),
    Script(
        "e29_hotel_facilities",
        """
        A: Good afternoon, Seacliff Hotel reception.
        C: Hello, do you have a pool, and is it heated?
        A: We do, it's twenty five metres and kept at twenty eight degrees.
        C: Lovely. And what time is breakfast?
        A: Seven till ten in the week, half past ten on Sundays. It's fourteen pounds fifty if you add it.
        C: How far are you from the beach?
        A: Five minutes on foot, down a hundred and twelve steps, I'm afraid.
        C: Oh, my knees! Is there another way round?
        A: There's a little tram, one pound twenty, every fifteen minutes.
        C: Marvellous, I'll look online.
        """,
        agent="nell",
        customer="bert",
        mono=True,
        noise_dbfs=-52.0,
    ),
    Script(
        "e30_energy_tariff",
        """
        C: My neighbour pays less than me, so what else have you got?
        A: Let's compare. You're on twenty seven point four pence a unit, with a standing charge of fifty three.
        C: Sounds a lot.
        A: There's a night rate, nine pence from midnight until five.
        C: I do have an electric car, would that work?
        A: Definitely. If you charge for four hours, at seven kilowatts, it's about two pounds fifty.
        C: And the exit fee on what I've got?
        A: None in the last forty nine days. It ends on the eighteenth of October.
        C: Great, then I'll wait till October.
        A: Sensible. Anything else I can do?
        C: No, that's me sorted.
        """,
        agent="ravi",
        customer="gwen",
    ),
    Script(
        "e31_vet_hours",
        """
        C: Hi, what are you charging for a claw trim at the minute?
        A: It's sixteen pounds for a rabbit and twenty two for a dog.
        C: And are you open this bank holiday?
        A: We're closed Monday, then back on Tuesday from eight fifteen.
        C: She's three and weighs about two point four kilos, is that normal?
        A: For a lop eared rabbit that's spot on. How much hay does she get?
        C: A big handful, twice daily, and a spoon of pellets.
        A: Perfect. Come any weekday between two and four, you needn't book.
        C: Smashing, and is there somewhere to park?
        A: There are six spaces round the back, free for thirty minutes.
        """,
        agent="dana",
        customer="lucy",
        noise_dbfs=-50.0,
    ),
    Script(
        "e32_course_timetable",
        """
        A: Admissions, how can I help?
        C: I'm looking at the evening course in statistics, module three oh five.
        A: Sure. It runs for twelve weeks, Tuesdays from six until eight thirty.
        C: How many credits is it worth?
        A: Twenty, and you need sixty in each year.
        C: And what mark do I need to pass?
        A: Forty percent, with two essays of fifteen hundred words and a two hour exam.
        C: Is it in the main building?
        A: Room two sixteen, up the stairs and third on your right.
        C: Cool. And what do you charge?
        A: Seven hundred and eighty, or three payments of two sixty.
        """,
        agent="hugo",
        customer="nell",
    ),
    Script(
        "e33_theatre_prices",
        """
        C: Hiya, how much are the cheapest seats for the musical?
        A: Upper circle starts at nineteen fifty, but you'd be behind a pillar.
        C: Oh dear. And the next ones up?
        A: Thirty four, in rows F to K, with quite a nice view.
        C: Do children get anything off?
        A: Under sixteens are half price on Wednesdays, and there's a group rate for ten or more.
        C: We're eight, sadly. How long is the show?
        A: Two hours forty, including an interval of twenty minutes.
        C: Is there a song everyone knows?
        A: Ha, number five, you'll be humming it for a fortnight.
        """,
        agent="lucy",
        customer="otis",
        mono=True,
        noise_dbfs=-47.0,
    ),
    Script(
        "e34_gym_classes",
        """
        A: Leisure centre, good morning.
        C: Morning, mate. Which classes have you got on a Saturday?
        A: Spin at eight, yoga at nine forty five, and boxing at eleven.
        C: How many people in the spin one?
        A: Twenty bikes, and it's usually packed by quarter to.
        C: Is it a casual visit price?
        A: Eighteen dollars, or a ten pass for one hundred and fifty.
        C: And the lockers, do they take coins?
        A: Two dollars, and you get it back. Bring your own padlock if you like.
        C: Cheers. The footy's on at four so I'll come early.
        A: Good on you. See you then.
        """,
        agent="bert",
        customer="hugo",
    ),
    Script(
        "e35_shop_sizes",
        """
        C: Hi, I'm between sizes on the hiking boots, I'm normally a nine and a half.
        A: They run a little small, so I'd go for the ten.
        C: And what do they weigh?
        A: One pound eleven ounces each, and they're good down to minus twenty.
        C: Are there any deals going?
        A: If you spend over one fifty you get twenty percent off, and two pairs of socks for twelve bucks.
        C: Sweet. What's your policy on sending stuff back?
        A: Sixty days, unworn, in the box. The label is free.
        C: How late can I order for Saturday?
        A: Before two p m eastern on Thursday, and it's eight ninety five to ship.
        """,
        agent="gwen",
        customer="ravi",
        noise_dbfs=-49.0,
    ),
    Script(
        "e36_council_bins",
        """
        A: Council services, go ahead.
        C: They haven't emptied our bins for three weeks running. It's getting smelly.
        A: I do apologise. Is that the brown one or the blue?
        C: Brown. The blue gets done every other Wednesday, no bother.
        A: Looks like lorry seven broke down on the fourteenth. They'll be round by Friday at the latest.
        C: And can I leave two extra sacks beside it?
        A: You can, up to three, under fifteen kilos apiece.
        C: What do you want for taking an old settee?
        A: Thirty two pounds for up to five items, with around a nine day wait.
        C: Crikey. I'll ask my nephew with the van.
        """,
        agent="nell",
        customer="bert",
        noise_dbfs=-46.0,
    ),
)
