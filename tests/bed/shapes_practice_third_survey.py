"""Calls of the third practice set of people who take down names, addresses, telephones and birthdays."""

from __future__ import annotations

from .shape import Shape

SURVEY = (
    Shape(
        "k64_panel_signup",
        """
        A: You've been picked for our panel. Let's begin with your name.
        C: {PERSON: $someone}.
        A: How is the last one written?
        C: {PERSON: $someone.spelled}.
        A: Now your street, please, by letters.
        C: {ADDRESS: $place_us.roadspelled}.
        A: And the number on the door?
        C: {ADDRESS: $place_us.house}.
        A: Which zip are you in?
        C: {POSTCODE: $zip}.
        A: What's your birthday, with the year?
        C: {DOB: $dob}.
        A: How many hours of television was it this week?
        C: Oh, about $few.
        """,
        calls=2,
    ),
    Shape(
        "k65_library_card",
        """
        A: Let's get you a library card. Which name shall be printed on it?
        C: {PERSON: $someone}.
        A: Is there an unusual spelling in the first name?
        C: {PERSON: $someone.firstspelled}.
        A: And the surname, one letter at a time.
        C: {PERSON: $someone.spelled}.
        A: Where do you live, just the road?
        C: {ADDRESS: $place_uk.road}.
        A: At what number?
        C: {ADDRESS: $place_uk.house}.
        A: Town or village?
        C: {ADDRESS: $place_uk.town}.
        A: A phone we can leave messages on?
        C: {PHONE: $phone_uk}.
        A: You may take $some books for $few weeks.
        """,
        land="uk",
        calls=2,
    ),
    Shape(
        "k66_warranty_card",
        """
        A: I'm registering your new dryer. Go ahead with first and last name.
        C: {PERSON: $someone}.
        A: Spell both of those, would you?
        C: {PERSON: $someone.firstspelled}, [400] {PERSON: $someone.spelled}.
        A: Your telephone, starting with the area code.
        C: {PHONE: $phone_us}.
        A: I'd like the city now, letter by letter.
        C: {ADDRESS: $place_us.townspelled}.
        A: Five digit zip?
        C: {POSTCODE: $zip}.
        A: House and street?
        C: {ADDRESS: $place_us.street}.
        A: Fine. It was $dollars, and the warranty lasts $years.
        """,
        calls=2,
    ),
    Shape(
        "k67_census_call",
        """
        A: This is the household survey. Tell me who is answering.
        C: {PERSON: $someone.first}.
        A: And your family name?
        C: {PERSON: $someone.last}, that's {PERSON: $someone.spelled}.
        A: How many people sleep there most nights?
        C: $few, counting the baby.
        A: In what year were you born, and which day?
        C: {DOB: $dob}.
        A: The building number, as it stands on the mailbox?
        C: {ADDRESS: $place_us.house}.
        A: Name of the street?
        C: {ADDRESS: $place_us.road}.
        A: Zip plus city?
        C: {POSTCODE: $zip}, {ADDRESS: $place_us.town}.
        A: If we have to call again, what do we dial?
        C: {PHONE: $phone_us}.
        """,
        calls=2,
    ),
    Shape(
        "k68_loyalty_desk",
        """
        A: To join I only have to fill in a few boxes. First box, name.
        C: {PERSON: $someone}.
        A: Next box, how do we write that surname?
        C: {PERSON: $someone.spelled}.
        A: Then your date of birth, day first.
        C: {DOB: $dob}.
        A: Your suburb?
        C: {ADDRESS: $place_au.town}.
        A: Four figure postcode?
        C: {POSTCODE: $postcode_au}.
        A: And a contact phone?
        C: {PHONE: $phone_au}.
        A: Nice one. You get $some points for each $fee_dollars you spend.
        """,
        land="au",
        calls=2,
    ),
    Shape(
        "k69_radio_quiz",
        """
        A: Congratulations, you're our winner! Who's this?
        C: Me? Really? It's {PERSON: $someone}!
        A: We'll post the mug. Spell me the name of your road.
        C: {ADDRESS: $place_ie.roadspelled}.
        A: House?
        C: {ADDRESS: $place_ie.house}.
        A: And the town, spell that as well, I'm useless.
        C: {ADDRESS: $place_ie.townspelled}.
        A: Have you an Eircode?
        C: {POSTCODE: $eircode}.
        A: What number are you ringing from?
        C: {PHONE: $phone_ie}.
        A: Tune in again at $time, we have $few more to give away.
        """,
        land="uk",
        calls=2,
    ),
    Shape(
        "k70_clinical_survey",
        """
        A: Hello, it's about the follow up study. Am I talking to the participant?
        C: You are, {PERSON: $someone}.
        A: I need you to spell your given name.
        C: {PERSON: $someone.firstspelled}.
        A: Now the zip code for where you're staying.
        C: {POSTCODE: $zip}.
        A: What number and street is that?
        C: {ADDRESS: $place_us.house}, {ADDRESS: $place_us.road}.
        A: Month, day and year of birth?
        C: {DOB: $dob}.
        A: Out of ten, how did you sleep?
        C: I'd say $few, up at $time most days.
        A: And the easiest telephone to get you on?
        C: {PHONE: $phone_us}.
        """,
        mono=True,
        calls=2,
    ),
    Shape(
        "k71_donor_list",
        """
        A: I'm updating our donor list. We have you down with no first name, what is it?
        C: {PERSON: $someone.first}.
        A: And how's that spelled?
        C: {PERSON: $someone.firstspelled}.
        A: Whereabouts are you? The street first.
        C: {ADDRESS: $place_us.road}. {ADDRESS: $place_us.roadspelled}.
        A: And the number of your home there?
        C: {ADDRESS: $place_us.house}.
        A: What city do you write on a letter?
        C: {ADDRESS: $place_us.town}.
        A: Remind me of the zip.
        C: {POSTCODE: $zip}.
        A: Daytime phone?
        C: {PHONE: $phone_us}. Could you tell me more about the $dollars?
        A: Sure, it feeds $some families for $few days.
        """,
        calls=2,
    ),
)
