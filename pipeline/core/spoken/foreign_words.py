"""What a recogniser of English writes for digits of Spanish and Hindi, and for talk: words by weight.

Made by tests/make_foreign.py. Above 0 a word is heard for digits more often than in talk.
"""

from __future__ import annotations

WEIGHTS = {
    3: (
        "ac ache ado ak al arrow art c caught cenco ch chain char chardo chart charting che chey children cinco "
        "cinko cinto city co cune dean doh doo dope dos dose dress egg essays ex flat h hr hunch j jar jj jr jun "
        "juni junior junya k kat kick living mal n nal now o ocho ochum outro panch pancha pant pawn pon ponce "
        "pons ponster pont pressing punch qua quacro quadrice quadro quadrosero quagro quaker quat quatro quattro "
        "quavro r safe sara sarah sat seeing seek senior senko sera serial sero serum setting shot shun shunya "
        "sight sing single sink sinko sinto soon sot st states stress sune synco t tar tard tarte taur team teen "
        "they'll those though thought tien tina tindo tracero tras tres tress trest trestos trust tune un una uni "
        "uno watching web webbe webbing webby webis wedding whether"
    ),
    2: ("he know said say seen set share show side sitting star think ultra union who win x y"),
    1: (
        "can't charge cut d don't e i'll june near no our own p press quite row s says see state such they try "
        "unit water window winner"
    ),
    0: (
        "a also as car do does go hey i i'm in just like m make more not of old on out per quarter room save some "
        "start still sure take than thank that's there they've turn we what when where you your"
    ),
    -1: ("all an and are at be going got i've it's me open or so that them there's to you're"),
    -2: (
        "april ask b but can day end fall fine foot for friday from full get give is it little lot love need night "
        "okay once over past point pound right ring round saturday should the these thousand thursday till today "
        "tuesday until up visit wait was way wednesday went why will with would year yes £"
    ),
    -3: (
        "$ % about after ahead air any anything around back before better bit by cents change come comes cost days "
        "degrees desk dollars down each every extra feet floor free front goes good half has have hello help hi "
        "hour hours how hundred if inches keep last late left less line long many miles minutes months morning "
        "much my off ones only people phone pounds run rupees seconds since sunday support tell then this through "
        "ticket time top twice under week weeks weight well were what's which yeah years"
    ),
}
