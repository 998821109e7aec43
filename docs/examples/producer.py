"""Sends a 16-bit WAV file to calls.intake as a live call: producer.py FILE.wav CALL_ID [SERVERS [TENANT]]"""

import asyncio
import sys
import wave

from aiokafka import AIOKafkaProducer

MESSAGE_MS = 250


async def send(path: str, call: str, servers: str = "localhost:9092", tenant: str = "example") -> None:
    key = f"{tenant}/{call}"
    same = {
        "ce_specversion": "1.0", "ce_type": "callshield.intake.v1", "ce_source": "producer.py", "ce_subject": key,
        "tenant": tenant, "call": call, "codec": "l16",
    }  # fmt: skip
    async with AIOKafkaProducer(bootstrap_servers=servers, acks="all", enable_idempotence=True) as producer:
        with wave.open(path) as audio:
            if audio.getsampwidth() != 2:
                sys.exit(f"{path}: must have 16 bits a sample")
            same |= {"rate": str(audio.getframerate()), "channels": str(audio.getnchannels())}
            frames, sequence, sample, final = audio.getframerate() * MESSAGE_MS // 1000, 0, 0, False
            while not final:
                value = audio.readframes(frames)
                sample, first = audio.tell(), sample
                final = sample == audio.getnframes()
                own = {"ce_id": f"{key}/{sequence}", "sequence": str(sequence), "first_sample": str(first)}
                headers = same | own | ({"final": "1"} if final else {})
                encoded = [(name, text.encode()) for name, text in headers.items()]
                await producer.send_and_wait("calls.intake", value, key=key.encode(), headers=encoded)
                sequence += 1
                await asyncio.sleep(MESSAGE_MS / 1000)  # as if it were being spoken


if __name__ == "__main__":
    asyncio.run(send(*sys.argv[1:]))
