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

`core/` judges and knows no library but numpy; `ports/` are the protocols; `adapters/` hold one library each;
`stages/` are thin shells; `cli/` is the entry point that wires them.
"""
