"""Held-out calls without anything secret: deliveries, shops and complaints."""

from __future__ import annotations

from .shape import Shape

PLAIN_B = (
    Shape(
        "w12_late_parcel",
        """
        A: Swift Parcel customer care, sorry about the wait today.
        C: That's alright. I've been sat in since eight and the driver still hasn't come.
        A: Let me see where the vans are. Is it a big item or a small one?
        C: It's a garden bench, so pretty big, in two boxes.
        A: There are two large vans out your way. They've had a puncture, I'm afraid.
        C: Oh no. So are we talking an hour, or is it tomorrow?
        A: They're saying between (one and three|two and four|half eleven and one), so it's still down for today.
        C: Only I have to pick up my little one from school at three.
        A: I can ask them to leave it behind the gate, if you're happy with that.
        C: Behind the gate is fine, as long as it isn't raining.
        A: They'll put a plastic sheet over it, and you'll get a photo.
        C: Lovely. How heavy is it, can I shift it on my own?
        A: The bigger box is $kilos, so it might be a job for two.
        C: I'll wait for my husband, then. Cheers.
        """,
        land="uk",
    ),
    Shape(
        "w13_wrong_size",
        """
        A: Trailhead Outfitters, what can I help you find?
        C: Hi, I got a pair of hiking boots from you and they're way too tight.
        A: Shoot. What size did you go with?
        C: I went with a nine, which is what I always wear.
        A: Yeah, that brand runs small. I'd go up at least half a size, maybe even a ten if you wear thick socks.
        C: Do you have a nine and a half in the brown?
        A: Let me look. We have two left in brown, and a bunch in gray.
        C: Brown, definitely. Is it the same price?
        A: They went on sale, so they're (eighty nine ninety nine|ninety four fifty) now instead of one thirty.
        C: Sweet, do I get the difference back, then?
        A: You sure do. Bring the old pair in within sixty days and we'll swap them at the counter.
        C: I wore them around the house for an hour, is that okay?
        A: Totally fine, as long as the soles are clean.
        C: Awesome, I'll come by on the weekend.
        """,
    ),
    Shape(
        "w14_missing_screws",
        """
        A: Home Stories furniture, after sales team.
        C: Hi. We're halfway through building a wardrobe and there's a bag missing.
        A: That's so annoying, I do apologise. Which page of the instructions are you on?
        C: Page eleven, step fourteen. It wants eight of the long screws and we've got none.
        A: Are these the silver ones with the flat head, part letter K?
        C: That's them. We've got everything else, J and L and all the dowels.
        A: I can pop a bag in the post to you, they're free of charge.
        C: How long is that going to be? The thing's lying on the bedroom floor.
        A: Two to three working days. Or any of our stores keeps them behind the service desk.
        C: Oh, we could go to the store then, it's only $minutes in the car.
        A: They're open till nine tonight. Just say you want eight of the K screws, sixty millimetre.
        C: Sixty millimetre, eight of. Do I need the receipt?
        A: Not for something that small. Maybe take a picture of the page, so that they can see.
        C: Good thinking. Thanks for sorting that.
        """,
        land="uk",
    ),
    Shape(
        "w15_grocery_substitute",
        """
        A: Freshcart groceries, thanks for holding.
        C: Hi, I got my order today and some of it isn't what I asked for.
        A: I'm sorry to hear it. What came out wrong?
        C: I wanted six plain bagels and I got a loaf of rye bread.
        A: Okay, that would've been a substitution, they ran out of bagels by ten.
        C: I figured. But I also ended up with twelve cans of cat food, and we don't have a cat.
        A: Oh wow, that must be from the cart next to yours.
        C: It's the fancy kind too, with salmon.
        A: You can keep it or give it away, we can't take food back. I'll refund the bread, that's $fee_dollars.
        C: What about the two pounds of coffee? That one's missing altogether.
        A: I see it here, out of stock, so you weren't charged for it.
        C: Okay, then I guess we're square.
        A: I'll put $fee_dollars2 of credit on there for the trouble. It comes off the next order automatically.
        C: How kind, really. I'll tell the neighbor's cat.
        """,
    ),
    Shape(
        "w16_cake_order",
        """
        A: Sugar and Spice bakery.
        C: Good morning. I am wanting a cake for my office party on $day.
        A: Certainly. For how many people will it be?
        C: Around $some people, but not everybody eats so much.
        A: Then two kilos should be sufficient. Which flavour would you like?
        C: Do you have butterscotch? Or else chocolate truffle.
        A: Both are there. Butterscotch is eight hundred per kilo, and the truffle is nine fifty.
        C: Okay, one kilo each then, both without egg.
        A: Eggless is fifty rupees extra on each. Any message on the top?
        C: Just write happy fifth anniversary, in blue.
        A: Happy fifth anniversary. Will you collect it or should we send it?
        C: Our office boy will come at (four thirty|quarter past eleven|five o'clock).
        A: Kindly tell him to keep it in the fridge, not outside for more than two hours.
        C: Yes, I will tell him that.
        """,
        land="in",
    ),
    Shape(
        "w17_mattress_trial",
        """
        A: Dreamloft mattresses, sleep team speaking.
        C: Hi there. I've had your mattress for a few weeks and it's just too soft for me.
        A: I appreciate you giving it a go. How many nights have you slept on it so far?
        C: Let me think. Must be about $some.
        A: Okay. You've a hundred nights altogether, so there's heaps of time left.
        C: I sink right into it, and my partner rolls into the middle.
        A: Some people find that the firm topper sorts it out. It's $dollars, or we could swap it for the firm one.
        C: I'd go for the swap if it doesn't cost anything.
        A: The first swap is free, and we take away the old one at the same time.
        C: Is it a queen you'd be bringing? It must be one fifty three wide.
        A: Yes, queen, one fifty three by two oh three, and twenty eight deep.
        C: And when would the truck be around here?
        A: Earliest I've got is $date, in the morning.
        C: Sold. Thanks for making it so easy.
        """,
        land="au",
    ),
    Shape(
        "w18_complaint_noise",
        """
        A: Good evening, guest relations, City Gym.
        C: Hi. I don't like to complain, but the music in the spin class is getting ridiculous.
        A: No, please do tell us. Which class was it?
        C: The one on $day at (quarter past six|six forty five|seven), on the upper level.
        A: And would you say it's louder than it was before the summer?
        C: Much louder. My watch gave me a warning, it said ninety five decibels.
        A: Goodness. It's meant to be no more than eighty five in there.
        C: And half of the bikes are squeaking. Number seven and number twelve haven't worked for weeks.
        A: Seven and twelve, I'll tell the technician. Anything about the changing rooms while we're at it?
        C: The showers are lukewarm, but I can live with that.
        A: I'm going to speak to the instructor, and the bikes should be done by next week.
        C: I appreciate it. Apart from that it's a really nice club.
        A: That's kind of you. Have a coffee on us the next time you're in.
        C: I'll take you up on that.
        """,
        land="uk",
    ),
    Shape(
        "w19_refund_time",
        """
        A: Returns department, Willow and Oak clothing.
        C: Hi, I sent back a coat about two weeks ago, and I don't see the money yet.
        A: Let me find out what's happening. Was it one of our own labels to send it back?
        C: Yeah, I printed the one on your website and dropped it off at the post office.
        A: Perfect. It looks like the warehouse received a lot of returns after the holidays.
        C: So is it lost or just slow?
        A: Just slow. They're working on the ones from $date right now.
        C: Okay, that's about when I sent it. How will I get paid back?
        A: It goes back on the same card you used. I can't see the card from here, only that it was a credit card.
        C: And that takes how long, another week?
        A: Three to five business days once they scan it, and your bank may need one more.
        C: I paid $dollars for it. Do I get the shipping back too?
        A: The coat yes, the shipping no, unfortunately.
        C: Fair enough. I'll give it until the end of the week.
        """,
    ),
    Shape(
        "w20_paint_quantity",
        """
        A: Colour Corner, trade counter.
        C: Morning. I'm doing up the spare room and I don't know how much paint to get.
        A: Right, what are the walls, roughly?
        C: It's four metres by three and a half, and about two forty high.
        A: One door and one window?
        C: Two windows, actually, but they're only small.
        A: You're looking at thirty three square metres then. One coat is about three litres.
        C: It's dark green now, and I want to go white.
        A: Oh, then you'll need two coats, maybe three. I'd get the ten litre tub, that's
           (sixty two pounds|fifty eight pounds fifty|sixty four ninety nine).
        C: Is that better value than two fives?
        A: By quite a bit, the fives are $fee_pounds more if you add them up.
        C: And how long between coats?
        A: Four hours if it's warm. Don't paint below ten degrees, though.
        C: No chance of that, it's boiling up there. Could you put a tub aside for me?
        A: I'll leave it by the till, we shut at half five.
        """,
        land="uk",
    ),
    Shape(
        "w21_pizza_mixup",
        """
        A: Corner Slice Pizza, pick up or delivery?
        C: Neither, sorry. I just picked up two pizzas and one of them isn't mine.
        A: Oh man, I'm sorry. What did you get?
        C: I have one large pepperoni, which is right, and then one with pineapple and anchovies.
        A: Ew. Who eats that?
        C: I don't know, but somebody out there is looking for it.
        A: What should it have been?
        C: A medium veggie, no olives, thin crust.
        A: I can have a new one out of the oven in twelve minutes. Are you far from the store?
        C: We're already home. It's like $few miles.
        A: I could send my driver over with it, if you'd rather not come out again.
        C: You know what, I'll just turn around, it's not a big deal.
        A: You sure? I'll throw in garlic knots and a two liter soda.
        C: Deal. I'll see you in fifteen.
        """,
    ),
)
