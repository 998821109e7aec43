"""An illness, a symptom, a treatment or a drug."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="MEDICAL",
    category=Category.HEALTH,
    shape=Shape.FREE,
    asks=(
        "taking|take anything|something",
        "=on any",
        "doctor send|say|said|think|tell",
        "symptom|symptoms",
        "medication|medications|medicine|medicines|tablets|prescription|prescribed|drug|drugs",
        "condition|conditions|illness|disease|diagnosis|diagnosed",
        "allergic|allergy|allergies",
        "reason for visit|appointment|call",
        "where does it hurt",
        "how long have you had",
        "what is wrong|the matter",
        "health|medical problem|problems|issue|issues|history",
        "being treated",
        "pain",
        "else you|you're|he|he's|she|she's on|take|taking|taken",
        "you're|he's|she's on at|right|now|currently",
        "is|was|are that|it|this|they being managed|treated|controlled",
        "=how do|does|did you|he|she manage|treat|control",
        "anything|something we|i|they|doctors|doctor should know|note",
        "what happened to your|his|her",
        "=what did he|she|they die|pass",
    ),
    cues=(
        "diagnosed with",
        "suffering|suffer from",
        "prescription for",
        "allergic to",
        "treated|treatment for",
        "=i have|had been having",
        "taking",
    ),
    enough=30,
    least=2,
    words_max=8,
)
