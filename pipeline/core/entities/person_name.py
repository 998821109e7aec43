"""The name of a person."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="PERSON_NAME",
    category=Category.IDENTITY,
    shape=Shape.FREE,
    asks=(
        "=father|mother|husband|wife|spouse|partner|son|daughter|child|candidate|candidates|student|applicant|nominee|holder|"
        "owner|customer|manager|landlord|tenant|caller|sender|receiver name",
        "name will|do|should|would|shall|did|does|goes",
        "who have|do i|we got|have",
        "who's|who this|that|calling|speaking|there|it",
        "talking to|with",
        "is called",
        "what name",
        "signing for|it",
        "=is|that mr|mrs|ms|miss|mister|dr|doctor|missus",
        "good name",
        "passenger|passengers|guests|patients|drivers|guest|patient|beneficiary|payee|recipient|traveller|traveler|"
        "driver name|is|called",
        "name|named for|on label|booking|account|order|card|file|policy",
        "=who for",
        "who made|placed|opened|is|are the|you|we",
        "=your|the|full|first|last|her|his|their|middle|maiden|family|whole|legal|account|complete name",
        "name please|again|is|for|on|as|of|in|to",
        "surname|surnames|forename",
        "who am i|have|is",
        "who is|am|do speaking|calling|i|this",
        "whom am|do|is",
        "speaking with|to",
        "spell that|it|your|the|first|last|her|his|for",
        "spell",
        "letter by|for letter",
        "how is that|it spelled|spelt",
        "cardholder|account holder",
        "who should|shall|can i|we",
        "next of kin",
        "=and you are",
        "=put|putting it|that|this|them|you down to|too|as|under",
        "=maim|mame|mane|nam as|is|has on|per|in",
        r"=you are(?=\s$)",
        "=who's|who is|was|are|will|would the|your|be holder|owner|driver|tenant|policyholder|patient|passenger|"
        "keeper|payer|"
        "buyer|guest|contact|beneficiary|claimant|applicant|head|occupant|caller|member|parent|guardian",
        "=who's|who will|would|is be dropping|picking|collecting|coming|bringing|driving|travelling|traveling|paying",
        "=who's|who is|will dropping|picking|collecting|coming|bringing|driving|travelling|traveling|paying",
    ),
    cues=(
        "name is",
        "name's",
        "=this is",
        "=i am",
        "=i'm",
        "speaking with|to",
        "calling|called for|about",
        "call me",
        "=in|under the name of",
        "name of",
        "=it is",
        "under",
        "=for",
    ),
    enough=30,
    words_max=4,
)
