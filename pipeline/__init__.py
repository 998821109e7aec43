"""CallShield: audio in, the same audio without its secrets out.

The way of the data (alphabetical order is not data order):

    accept    a recording is opened, checked and cut into blocks          adapters/audio_in.py, stages/call.py
      │ chunks of int32 samples, native rate, all channels
    hear      speech → words, tones → keypad runs, loudness → voice       stages/channel.py
      │ Heard per channel: utterances, "heard up to sample N"
    identify  words of all channels by sample time → findings             core/identify.py
      │ Verdict: findings, and the sample below which judgement is final
    mask      holds audio, releases it below the watermark only           core/release.py
      │ masked chunks, same length, same order
    store     redacted audio, report and transcript                       cli/recording.py

A live call goes the same way over Kafka (docs/pipeline.md), each stage in workers of its own, a lane per partition:

    calls.intake        what recorders send                               adapters/intake.py
    accept    checks, orders, fixes key and pin of the call               stages/accept.py, core/order.py, chunks.py
      │ calls.audio     250 ms, all channels, sealed
    hear      the same channel.py, with a state to take up again          stages/hear.py
      │ calls.words     one message a chunk, sealed
    identify  the same judge; each verdict written once                   stages/identify.py, core/fit.py
      │ calls.verdicts                    └─ calls.transcripts.*          stages/transcripts.py
    mask      joins calls.audio and calls.verdicts, a masker per purpose  stages/mask.py, core/hold.py, core/masker.py
      │ calls.redacted.*
      │                               └─ calls.sealed: originals a policy keeps, core/originals.py → stages/vault.py
    store     sealed objects, a row in the index                          stages/store.py, adapters/shelf.py
    analytics figures                                                     stages/analytics.py

Written messages take one step, on Faust:

    chat.raw          what chat platforms send                            adapters/chat_intake.py
    chat      order, context, the same judge on words with places         stages/chat.py, chat_talk.py, core/written.py
      │ chat.redacted.*                                                   stages/chat_out.py

What they tell each other is core/messages.py, its bytes adapters/wire.py, its topics core/topics.py. A lane is the
contract in ports/lane.py; adapters/kafka_runner.py and adapters/faust_runner.py carry it, tests/memory.py does too.

`core/` judges and knows no library but numpy; `ports/` are the protocols; `adapters/` hold one library each;
`stages/` are thin shells; `cli/` is the entry point that wires them.
"""
