"""Calls of the second practice set without anything secret, full of tempting numbers."""

from __future__ import annotations

from .shape import Shape

PLAIN = (
    Shape(
        "t01_carpet",
        """
        A: Carpet World, good morning.
        C: Hi. My lounge is twelve foot by fifteen. What would a wool carpet cost?
        A: That's $pounds for the room, or $fee_pounds a square yard.
        C: Does that include fitting?
        A: Fitting's extra, about $fee_pounds2.
        C: When could you come and measure?
        A: We could do $date, at $time.
        """,
        land="uk",
    ),
    Shape(
        "t02_ski_hire",
        """
        A: Summit Rentals, what can I get you?
        C: Skis for two adults and a kid. I'm five eleven and wear a ten and a half boot.
        A: Then you'd want a one seventy five. How tall is the kid?
        C: $inches, and she's $few.
        A: Adult sets run $dollars for $few2 days.
        C: Okay, hold three sets for us.
        """,
    ),
    Shape(
        "t03_cricket_score",
        """
        A: Sports desk.
        C: What is the score now?
        A: Two hundred and forty six for four, after thirty eight overs.
        C: How many does the captain have?
        A: He is on $some from $some2 balls, with $few sixes.
        C: What is the required run rate?
        A: Six point four.
        """,
        land="in",
    ),
    Shape(
        "t04_washing_machine",
        """
        A: Appliance repairs, what's wrong with it?
        C: The washing machine stops with error code E eighteen.
        A: That means it isn't draining. Which model is it?
        C: It's $model. I got it in $pastyear.
        A: Press and hold the start button for five seconds, then turn the dial to four and run it at sixty.
        C: It says $minutes left. Brilliant.
        """,
        land="uk",
    ),
    Shape(
        "t05_order_status",
        """
        A: Customer service, how can I help you?
        C: I'm just wondering when my sofa is coming.
        A: It's on the truck today. You're stop number $few of $some.
        C: So what time would that be?
        A: Between $time and $time2, most likely.
        C: It's a three seater, right? $inches wide?
        A: Correct, and the two cushions come in box two.
        """,
    ),
    Shape(
        "t06_blood_drive",
        """
        A: Blood drive information line.
        C: Hello, how often can a person give blood?
        A: Every eight weeks, if you weigh over one hundred and ten pounds.
        C: And how long does it take?
        A: About $minutes. The needle part is only ten.
        C: When are you open on $day?
        A: From $time till $time2. Last year $thousands people came.
        """,
    ),
    Shape(
        "t07_exchange_rate",
        """
        A: Bureau de change.
        C: Hello, what rate are you giving on euros today?
        A: One point one four for the pound, if you take over five hundred.
        C: So what would I get for $pounds?
        A: Roughly $many. There's no commission.
        """,
        land="uk",
    ),
    Shape(
        "t08_password_policy",
        """
        A: I T service desk.
        C: Quick question, how long does the new password have to be?
        A: At least $some characters, with one capital and two numbers.
        C: And how often do we change it?
        A: Every ninety days. Nobody from I T will ever ask you for it.
        C: Good to know. My card reader takes $some2 seconds to start.
        A: That's since version $version.
        """,
    ),
    Shape(
        "t09_bus_charter",
        """
        A: Coach hire, g'day.
        C: Hi, we need a bus for $some people, to the footy and back.
        A: It's $miles each way. We've a fifty seven seater for $dollars.
        C: What about a smaller one?
        A: A twenty four seater is $dollars2, but you'd need two.
        C: Could it pick us up at $time?
        A: Too easy.
        """,
        land="au",
    ),
    Shape(
        "t10_passport_advice",
        """
        A: Passport advice line, how can I help?
        C: How long is a new passport taking at the moment?
        A: About $weeks. The online form takes $minutes.
        C: And how much is it?
        A: It's $pounds for an adult, and $pounds2 for a child.
        C: What do I need to send in?
        A: Two photos and your old one.
        """,
        land="uk",
    ),
    Shape(
        "t11_stadium_menu",
        """
        A: Thank you for calling the stadium. For ticket prices, press $option.
           For directions, press six.
        C: Tickets.
        A: Adult tickets start at $dollars. Gates open at $time, at entrance $few.
        C: Is parking included?
        A: Parking is $fee_dollars in lot $few2, and there are $thousands spaces.
        """,
    ),
    Shape(
        "t12_sum_check",
        """
        A: Accounts department.
        C: Hi, for the invoices I've got $dollars for March and $dollars2 for April.
        A: I've the same for March. April was $dollars3, there were $few returns.
        C: Ah, that explains the difference. And the total for the quarter?
        A: $thousands, which is up by $percent.
        C: How many orders was that?
        A: $many, on $some working days.
        """,
        mono=True,
    ),
)
