"""`callshield bench`: what one machine carries, measured. One file per measure; command.py runs them.

material.py   recordings → utterances → calls                      core/bench_talk.py
calls.py      calls through hear, identify and mask, in real time or as fast as they go
capacity.py   the largest number of calls that keeps up, and the wait of audio at each number tried
simulated.py  CPU per second of call, by number of calls and by share of speech
cpu.py        CPU by stage
memory.py     memory per open call, of a long call, and the start of a worker   (alone.py: a process of its own)
peers.py      faster-whisper's own padded way beside ours
engines.py    every engine that is installed
report.py     all that as one document, with the goals                adapters/bench_page.py, bench_plots.py
"""
