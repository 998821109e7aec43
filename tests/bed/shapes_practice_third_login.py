"""Calls of the third practice set about log-ins, passwords and answers to security questions."""

from __future__ import annotations

from .shape import Shape

LOGIN = (
    Shape(
        "k44_office_laptop",
        """
        A: Service desk, you're through to {PERSON: $someone.first}. What's it doing?
        C: Nothing, it won't let me in since $time.
        A: What do you type in the top box?
        C: My user, {USERNAME: $login}.
        A: And underneath?
        C: The password is {PASSWORD: $passphrase}.
        A: That has expired. I'm setting it to {PASSWORD: $passphrase2}, write that down.
        C: So {PASSWORD: $passphrase2}.
        A: You've $few goes before it locks, and it must be at least twelve long.
        """,
        land="uk",
    ),
    Shape(
        "k45_streaming_account",
        """
        A: Happy to help. Under which email is the subscription?
        C: {EMAIL: $mail}.
        A: It's not coming up. Could you spell out the first part?
        C: {EMAIL: $mail.spelled}.
        A: There you are. You can choose a fresh password now, I'll type it.
        C: Make mine {PASSWORD: $passphrase}.
        A: Done. The family plan is $dollars, with up to $few screens.
        """,
    ),
    Shape(
        "k46_wifi_visitor",
        """
        A: Front desk. Need the wifi up in $room?
        C: Please. What's the password on it?
        A: It's {PASSWORD: $passphrase.spelled}.
        C: Was that all together? {PASSWORD: $passphrase.spelled}?
        A: Exactly like that. It gives you $megabits for $some hours.
        C: And is it the same one down at the pool?
        A: Down there use {PASSWORD: $passphrase2}. The pool closes at $time.
        """,
    ),
    Shape(
        "k47_server_room",
        """
        A: Network operations. Give me the I P you're trying to reach.
        C: {IP: $ip}.
        A: I can ping {IP: $ip}, it answers in $some milliseconds. And your login?
        C: Admin account, {USERNAME: $login.spelled}.
        A: What's it protected with at the moment?
        C: {PASSWORD: $passphrase}. Terrible, isn't it?
        A: Change that today. Version $version has $few open holes.
        """,
        land="au",
    ),
    Shape(
        "k48_bank_questions",
        """
        A: Just some security before we talk about it. Which teacher did you like best?
        C: {SECURITY_ANSWER: $teacher}.
        A: And where did you two go on honeymoon?
        C: {SECURITY_ANSWER: $honeymoon}.
        A: One more, your telephone password?
        C: {PASSWORD: $passphrase.word}.
        A: That all matches. You went $pounds over on $date, hence the fee of $fee_pounds.
        """,
        land="uk",
    ),
    Shape(
        "k49_airmiles_login",
        """
        A: Miles desk. I see $thousands miles on it, but I must check it's you.
        C: Ask me anything.
        A: What did your family call you as a child?
        C: Oh dear. {SECURITY_ANSWER: $nickname}.
        A: Your favourite dish, it says here?
        C: {SECURITY_ANSWER: $food}.
        A: And your very first job?
        C: {SECURITY_ANSWER: $firstjob}.
        A: That'll do. What username would you like?
        C: {USERNAME: $login}.
        A: And pick a password for it, eight or longer.
        C: {PASSWORD: $passphrase}.
        """,
        land="uk",
    ),
    Shape(
        "k50_exam_portal",
        """
        A: Exam cell, hall ticket is not opening means password problem only. Registered mail I D?
        C: {EMAIL: $mail}.
        A: And your mother's name, as secret answer?
        C: {SECURITY_ANSWER: $maiden}.
        A: I have put one temporary password, {PASSWORD: $passphrase}. Try now.
        C: {PASSWORD: $passphrase}, it is opening.
        A: Your I P is showing {IP: $ip}, don't change device. Paper starts $time, $many marks.
        """,
        land="in",
    ),
    Shape(
        "k51_smart_meter_app",
        """
        A: It's about the app, is it? What does it call you at the top, your username?
        C: {USERNAME: $login}.
        A: And could I get an email for you?
        C: {EMAIL: $mail}. That's {EMAIL: $mail.spelled}.
        A: Lovely. On the router there's an address in numbers and dots.
        C: {IP: $ip}.
        A: And the key printed under it?
        C: {PASSWORD: $passphrase.spelled}.
        A: Your meter reads $thousands units, that's $euros so far.
        """,
        land="uk",
    ),
)
