"""Held-out calls without anything secret: appointments, surveys, menus, all sorts."""

from __future__ import annotations

from .shape import Shape

PLAIN_E = (
    Shape(
        "w43_boiler_service",
        """
        A: Warmways heating, bookings line.
        C: Hello, I'd like someone to come and service the boiler before winter.
        A: Very sensible. Is it gas or oil?
        C: It's gas, a combi. It's about $years old.
        A: And is it working at the moment, with the pressure between one and two?
        C: The needle's on one point four, so I suppose that's okay.
        A: That's spot on. I've got $date, morning or afternoon?
        C: Ooh, not the morning, I volunteer at the library until twelve.
        A: Afternoon is any time from one to five, and he'll ring the bell twice.
        C: What does it come to these days?
        A: A service is (eighty five pounds|ninety two pounds fifty|seventy nine ninety nine), and that covers
           anything up to an hour.
        C: Do I need to clear out the cupboard? It's full of coats.
        A: If you could leave him half a metre on each side, that would be grand.
        C: I'll move them on to the bed. Thanks, love.
        """,
        land="uk",
    ),
    Shape(
        "w44_haircut_slot",
        """
        A: Shear Bliss salon, hold on one second. Okay, thanks, what can I do for you?
        C: Hi, I'm trying to get a cut and color before the weekend.
        A: This weekend? We're pretty packed, hon. Let me look.
        C: I can do super early or after work, whatever you've got.
        A: There's (seven fifteen|eight o'clock|five thirty) on $day, or Friday at ten forty five.
        C: Is Friday with the same girl I had last time? She had the pink hair.
        A: She's out that day, but our senior stylist has a gap of two and a half hours.
        C: Is she more expensive?
        A: She's fifteen dollars more, so you'd be at (one forty five|a hundred and sixty dollars) with the color.
        C: Okay, let's go for it. I have a picture of what I want, like a level seven blonde.
        A: Bring that. And don't wash it for two days before, it takes better.
        C: Do I have to pay anything now?
        A: Nope, just give us twenty four hours if you can't make it.
        C: I'll be there, I'm so excited.
        """,
    ),
    Shape(
        "w45_survey_store",
        """
        A: Hi, this is a short survey about your last visit to Barrow's supermarket. Do you have three minutes?
        C: If it's only three, go on then.
        A: On a scale of one to ten, how likely are you to recommend us to a friend?
        C: I'd say an eight.
        A: And how clean was the store, where one is very dirty and five is very clean?
        C: Four. The floor by the freezers was a bit wet.
        A: How long did you queue at the till, less than two minutes, two to five, or more than five?
        C: More than five, there was only the one till open.
        A: Was the member of staff friendly?
        C: Oh yes, very friendly, we had a good laugh about the weather.
        A: How many times do you shop with us in a typical month?
        C: Six or seven, I should think.
        A: About how much would you spend each time, just roughly?
        C: Anything between twenty and sixty quid, it depends if the kids are home.
        A: Last one. If you could change one thing, what would that be?
        C: Bring back the cheese counter, please.
        """,
        land="uk",
    ),
    Shape(
        "w46_voice_menu",
        """
        A: Welcome to Metro Transit. For schedules, press one. For fares, press two.
           To hear this menu in Spanish, press nine.
        C: Schedules. Hello? I just want to talk to someone.
        A: I'm sorry, that wasn't one of the choices. For an agent, press zero or say agent.
        C: Agent, please.
        A: Your call will be answered in about $minutes. Calls are recorded for quality.
        A 900: Thanks for holding, transit information.
        C: Finally. Does the $bus still run out to the college on Sundays?
        A: It does, but only once an hour, from seven in the morning.
        C: Where do I get it downtown? They've moved the stop.
        A: It's now outside the courthouse, at bay three.
        C: And I've got a bus pass, but I left it in my other jacket. Will they let me ride?
        A: You'd have to pay the cash fare this once, it's two fifty, exact change.
        C: I think I've got ten quarters in the car.
        A: There you go, then. Have a safe ride.
        """,
    ),
    Shape(
        "w47_driving_lessons",
        """
        A: First Gear driving school.
        C: Hiya, I want to start learning, and I've no idea how many lessons you need.
        A: Most people take somewhere around forty hours, plus a bit of practice with mum or dad.
        C: Forty? I was hoping for ten.
        A: I wish. Do you want manual or automatic?
        C: Manual, I reckon. Which one's easier to pass in?
        A: Automatic's easier, but you wouldn't be allowed to drive a manual afterwards.
        C: And what do you charge for an hour?
        A: It's (thirty six pounds|thirty eight pounds fifty), or if you buy a block of ten it's three hundred and
           forty.
        C: How long is the waiting list?
        A: About $weeks for evenings, a lot less if you can do weekday mornings.
        C: I finish college at two on a Wednesday.
        A: Half past two on Wednesdays would be ideal, I've got two instructors free then.
        C: Sick. I need to pass the theory first, don't I?
        A: Not before you start, only before the test. You need forty three out of fifty.
        """,
        land="uk",
    ),
    Shape(
        "w48_vet_opening",
        """
        A: Paws and Claws animal hospital, good morning!
        C: Hi, I have a new puppy and I was wondering when we should bring her in.
        A: Aw, how old is she?
        C: She's nine weeks on Saturday, she's a little beagle.
        A: So cute. We like to see them at eight, twelve and sixteen weeks, so you're right on time.
        C: What does the first visit cost?
        A: The exam is (sixty eight dollars|seventy four fifty|eighty two dollars), and there's a puppy package for
           three visits that saves you ten percent.
        C: How much should she weigh by now? She's six and a half pounds.
        A: That's just right for a beagle. How often are you feeding her?
        C: Half a cup, three times a day. Is that too much?
        A: No, that's what it says on most bags. You can go down to twice a day at six months.
        C: And when does she stop waking us up at four in the morning?
        A: Give it another three or four weeks. I can see her on $day at (nine twenty|quarter to four|eleven), if you
           like.
        C: Yes please, put us down for that.
        """,
    ),
    Shape(
        "w49_library_renewal",
        """
        A: Central library, information desk.
        C: Good afternoon. How many books can one person borrow at a time?
        A: Twelve books and four films, for three weeks.
        C: And what if I don't finish them in three weeks?
        A: You can renew five times, unless somebody else is waiting for it.
        C: There's a big fat one I want, it's nine hundred pages.
        A: Is that the new one about the Romans? There are thirty one people waiting.
        C: Thirty one! I'll be dead by then.
        A: We've got six copies, so it's not as bad as it sounds. I'd say two months.
        C: Have you got it in large print?
        A: We do, on $floor, and there's nobody waiting for that.
        C: I'll take that, then. Do I need to bring my library card?
        A: Please do, or you can use the app, whichever's easier.
        C: I haven't got one of those phones. I'll bring the card.
        A: We're here until seven tonight, and there's tea at three for a pound.
        """,
        land="uk",
    ),
    Shape(
        "w50_school_enrol",
        """
        A: Sunrise public school, office.
        C: Hello madam, I want to ask about admission in class three.
        A: For the coming session? Forms will be available from the first of December.
        C: How many seats are there?
        A: There are forty in one section, and we have four sections, A to D.
        C: What are the school timings?
        A: From seven fifty to one thirty in summer, and from eight thirty in winter.
        C: Is there a bus from the sector side?
        A: Yes, route number five and route number eleven are going that side. It is $rupees for one term.
        C: Is there any test for the child?
        A: Only a small talk with the teacher, for twenty minutes. Nothing to worry about.
        C: And the fees are to be paid monthly or quarterly?
        A: Quarterly, and there is a discount of five percent if you pay for the full year.
        C: Okay madam, I will come personally on $day and collect the form.
        A: Please come between ten and twelve, the office is less crowded.
        """,
        land="in",
    ),
    Shape(
        "w51_roof_quote",
        """
        A: Top Notch roofing and gutters, how are you going?
        C: Yeah good, thanks. We had that hail last week and there's water coming in the laundry.
        A: You and half the town, mate. Is it tin or tiles?
        C: Tiles, the old concrete ones. I can see three broken from the ladder.
        A: We'll need to get up and have a proper look. It's usually thirty or forty once you're up there.
        C: What would forty tiles set me back?
        A: With labour, somewhere around (eighteen hundred|two thousand two hundred dollars), depends on the pitch.
        C: It's a pretty steep one. And two storeys at the back.
        A: Then there's scaffolding, about nine hundred on top.
        C: Crikey. How soon could you get a bloke out here?
        A: I'm booked solid for $weeks, but I can do a tarp this arvo.
        C: A tarp would be great, there's fifty mil of rain coming.
        A: I'll send the boys when they've knocked off, say about five.
        C: Legend. I'll have the dog tied up.
        """,
        land="au",
    ),
    Shape(
        "w52_callback_language",
        """
        A: Thank you for calling Horizon Telecom, I hope you're having a good afternoon so far.
        C: So so. I've been passed around to four different people already.
        A: I'm really sorry, let's make me the last one. What's the main issue?
        C: My bill has an extra $fee_dollars on it, and nobody can tell me what it's for.
        A: Does it say roaming next to it, or premium?
        C: It says day pass, times two.
        A: Ah, so that's when the phone connected to a tower in another country.
        C: I wasn't in another country, I was fishing near Niagara Falls.
        A: That's it, then. Right by the river it picks up the towers on the Canadian side.
        C: Are you serious? I never even crossed the bridge.
        A: I believe you, it happens all the time there. I've taken both of them off, it was the least I could do.
        C: Well, that took you all of five minutes. The others had me on hold for an hour.
        A: Next time you can turn off roaming in settings, under cellular.
        C: I'll do that. And the fish weren't even biting.
        """,
    ),
)
