"""Names of illnesses, symptoms and drugs that callers use: common words of medicine, known by how they sound.

Not a medical vocabulary: what people say to a receptionist. Longer lists belong into a policy.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.spoken.phrases import sound
from pipeline.core.spoken.tokens import Token
from pipeline.core.spoken.vocabulary import FILLERS, UNITS

# These are health data wherever they are said.
CONDITIONS = (
    "asthma diabetes diabetic insulin cancer leukemia leukaemia lymphoma melanoma tumour tumor chemotherapy epilepsy "
    "epileptic seizure seizures migraine migraines depression depressed anxiety bipolar schizophrenia dementia "
    "alzheimer's parkinson's arthritis rheumatism osteoporosis fibromyalgia sciatica eczema psoriasis dermatitis "
    "shingles chickenpox measles pneumonia bronchitis tuberculosis emphysema influenza covid hepatitis cirrhosis "
    "jaundice anaemia anemia haemophilia thrombosis stroke angina arrhythmia tachycardia hypertension cholesterol "
    "pacemaker hypothyroidism thyroid colitis crohn's diverticulitis gastritis reflux ulcer ulcers hernia gallstones "
    "appendicitis endometriosis menopause pregnant pregnancy miscarriage infertility chlamydia gonorrhoea herpes hiv "
    "aids syphilis cystitis incontinence prostate glaucoma cataract cataracts tinnitus vertigo sinusitis tonsillitis "
    "concussion whiplash autism autistic adhd insomnia anorexia bulimia alcoholism overdose addiction gout lupus "
    "sepsis gangrene scoliosis apnea apnoea hives anaphylaxis dialysis transplant mastectomy hysterectomy"
).split()
DRUGS = (
    "amoxicillin penicillin ibuprofen paracetamol acetaminophen aspirin metformin lisinopril amlodipine ramipril "
    "atorvastatin simvastatin rosuvastatin omeprazole lansoprazole pantoprazole sertraline fluoxetine citalopram "
    "escitalopram venlafaxine mirtazapine amitriptyline gabapentin pregabalin tramadol codeine morphine oxycodone "
    "fentanyl diazepam lorazepam zopiclone levothyroxine warfarin apixaban rivaroxaban clopidogrel bisoprolol "
    "metoprolol atenolol losartan furosemide spironolactone prednisone prednisolone hydrocortisone salbutamol "
    "albuterol ventolin inhaler methotrexate tamoxifen letrozole doxycycline clarithromycin azithromycin "
    "flucloxacillin "
    "ciprofloxacin nitrofurantoin trimethoprim fluconazole acyclovir aciclovir cetirizine loratadine ozempic "
    "semaglutide viagra sildenafil lithium quetiapine olanzapine risperidone methadone naltrexone antidepressants "
    "antibiotics antibiotic chemo statins steroids"
).split()
PHRASES = (
    "chest pain", "high blood pressure", "low blood pressure", "heart attack", "heart failure", "heart disease",
    "kidney stones", "kidney failure", "kidney disease", "liver disease", "blood clot", "blood sugar", "ear infection",
    "urinary infection", "chest infection", "skin infection", "sleep apnea", "panic attacks", "panic attack",
    "back pain", "knee pain", "stomach pain", "panic disorder", "eating disorder", "multiple sclerosis",
    "cystic fibrosis", "cerebral palsy", "acid reflux", "irritable bowel", "hay fever", "broken leg", "broken arm",
    "heart murmur", "heart condition", "heart problem", "heart surgery", "hearing loss", "bad back",
    "bad knee", "hip replacement", "knee replacement", "blood thinners", "iron deficiency", "panic disorder",
    "underactive thyroid", "overactive thyroid", "under active thyroid", "angina attack", "frozen shoulder",
    "broken wrist", "broken ankle", "slipped disc", "mental health", "birth control", "blood test", "biopsy result",
)  # fmt: skip
MEASURES = ("blood pressure", "blood sugar", "blood sugars", "blood count", "heart rate", "iron levels", "sugar levels")
# These tell something on a call about health only.
SYMPTOMS = (
    "rash rashes fever cough coughing headache headaches nausea vomiting diarrhea diarrhoea constipation dizziness "
    "dizzy fainting fainted bleeding swelling swollen numbness palpitations fatigue itching infection infected bruise "
    "bruising fracture fractured sprain sprained ache aches cramps wheezing breathless lump wound sore"
).split()
HEADS = frozenset(
    "disorder disorders syndrome disease infection infections deficiency tumour tumor tumours tumors cancer palsy "
    "dystrophy fibrosis sclerosis degeneration embolism hernia cyst cysts fibroids neuropathy carcinoma lymphoma "
    "aneurysm abscess stenosis sepsis arrhythmia dysplasia".split()
)
"""What names of illnesses end with; the words before them say which."""
HEAD_WORDS = 3  # of them
ENDINGS = (
    "itis", "aemia", "emia", "pathy", "algia", "ectomy", "plegia", "rrhea", "rrhoea", "paresis", "fasciitis", "uria",
    "phobia", "sclerosis", "trophy",
)  # fmt: skip
"""What only words of medicine end with, but for these:"""
ENDED_ALIKE = frozenset(
    "empathy sympathy apathy telepathy antipathy homeopathy nostalgia academia bohemia trophy atrophy manuria".split()
)
ENDED_LETTERS = 7
NOT_NAMING = frozenset(
    "any some an my his her their our your have has had having got been for from of by about computer virus no every "
    "with without other another such more what which kind sort type serious rare common she he they".split()
)
"""Words before it that name no illness: "any disease"."""
SOUND_LETTERS = 8  # shorter words sound like too many others

_ALWAYS = frozenset(CONDITIONS) | frozenset(DRUGS)
_SOUNDS = frozenset(sound(word) for word in _ALWAYS if len(word) >= SOUND_LETTERS)
_PHRASES = frozenset(PHRASES)
_MEASURES = frozenset(MEASURES)


def illness_ranges(tokens: Sequence[Token], *, on_health_call: bool) -> list[tuple[int, int]]:
    """Half-open token ranges that name an illness, a drug or, on a call about health, a symptom."""
    out = []
    for i, token in enumerate(tokens):
        long_enough = len(token.text) >= SOUND_LETTERS
        ended = len(token.text) >= ENDED_LETTERS and token.text.endswith(ENDINGS) and token.text not in ENDED_ALIKE
        if token.text in HEADS and (first := _named_from(tokens, i)) < i:
            out.append((first, i + 1))
        known = ended or token.text in _ALWAYS or (long_enough and sound(token.text) in _SOUNDS)
        if known or (on_health_call and token.text in SYMPTOMS):
            out.append((i, i + 1))
        for n in (2, 3):
            said = " ".join(t.text for t in tokens[i : i + n])
            if said in _PHRASES or (on_health_call and said in _MEASURES):
                out.append((i, i + n))
    return out


def _named_from(tokens: Sequence[Token], at: int) -> int:
    """Where the name of an illness begins that ends with token `at`: "urinary tract infection"."""
    first = at
    while first > 0 and at - first < HEAD_WORDS:
        before = tokens[first - 1]
        if before.pause or before.is_digits or before.text in FILLERS | UNITS | NOT_NAMING or before.symbols:
            break
        first -= 1
    return first
